/** What this page says, in three languages; which of them, and how it gets onto the page. */

/** By their own names. */
export const LANGUAGES = { ru: 'Русский', kk: 'Қазақша', en: 'English' };

const TEXTS = {
  ru: {
    title: 'Подпись документов · Tamga',
    tagline: 'Демонстрационный сайт',
    language: 'Язык',
    units: 'Б КБ МБ ГБ',
    wait_seconds: '{count} с',
    wait_minutes: '{count} мин',
    heading: 'Подпишите документ своим ключом',
    lead: 'Токеном, картой, файлом или контейнером. Ключ и пароль остаются на вашем компьютере, документ никуда не отправляется: сайт получает только подпись и один сертификат, который вы выберете сами.',

    status_looking: 'Ищем расширение Tamga…',
    status_missing: 'Расширение Tamga не найдено',
    status_missing_help: 'Нужны расширение браузера и программа Tamga. Установите их и перезагрузите страницу. На сайте, который вы делаете, предложите здесь и прежний способ, если он есть.',
    status_asks: 'Tamga установлена',
    status_asks_help: 'При первом запросе она спросит, можно ли этому сайту просить вашу подпись. Пока вы не разрешили, сайт не знает о вас ничего.',
    status_ready: 'Tamga {version} готова',
    status_ready_help: 'Что подписать и чем, вы увидите в её окне. Без вашего подтверждения там ничего не подписывается.',
    status_problem: 'Tamga пока не может подписывать',

    documents: 'Что подписать',
    files_choose: 'Выберите файлы',
    files_drop: 'или перетащите их сюда. До тысячи за один раз, любого размера.',
    files_total: 'Файлов: {count}, {size}',
    files_clear: 'Убрать все',
    file_remove: 'Убрать {name}',
    text_label: 'Или подпишите этот текст',
    text_name: 'Заявление.txt',
    text_sample: 'Прошу зачислить меня на курс «Электронная подпись».',

    placement: 'Где будет документ',
    detached: 'Отдельно от подписи',
    detached_help: 'Документ не меняется, подпись ложится рядом: договор.pdf и договор.pdf.p7s. Так удобнее почти всегда.',
    attached: 'Внутри подписи',
    attached_help: 'Один файл .p7m, из которого документ извлекают при проверке.',
    specialists: 'Для специалистов',
    format: 'Формат',
    format_cades: 'CAdES-BES: сертификат входит в подписанное (ETSI EN 319 122-1)',
    format_cms: 'CMS без дополнений (RFC 5652)',
    pss: 'RSA-PSS вместо PKCS #1 v1.5 (только для ключей RSA)',

    sign: 'Подписать',
    sign_many: 'Подписать, документов: {count}',
    certificate: 'Показать сертификат',
    cancel: 'Отменить',

    waiting_window: 'Ответьте в окне Tamga.',
    waiting_icon: 'Нажмите значок Tamga на панели браузера: запрос ждёт там.',
    reading: 'Tamga читает документы: {done} из {total}',
    signing: 'Подписано: {done} из {total}',

    result: 'Результат',
    result_none: 'Здесь появится подпись: кто подписал, как скачать и как проверить.',
    result_signed: 'Подписано',
    result_partly: 'Подписано не всё: {done} из {total}',
    result_certificate: 'Сертификат показан сайту',
    result_certificate_help: 'Ничего не подписано. Следующую подпись сайт попросит этим сертификатом.',
    forget: 'Не предлагать его больше',
    who: 'Кто подписал',
    whose: 'Чей сертификат',
    owner: 'Владелец',
    organization: 'Организация',
    valid_until: 'Действует до',
    serial: 'Серийный номер',
    key: 'Ключ',
    key_GOST: 'ГОСТ',
    fingerprint: 'Отпечаток SHA-256',
    more: 'Подробнее',
    save_signature: 'Скачать подпись',
    save_document: 'Документ',
    save_certificates: 'Сертификаты (.pem)',
    not_signed: 'Не подписано',

    check: 'Как проверить',
    check_lead: 'Не верьте этой странице на слово. Скачайте документ, подпись и сертификаты в одну папку и выполните там:',
    check_one_of: 'Команды для первого документа; для остальных замените имя.',
    check_tamga: 'Программой Tamga, ключи любого вида',
    check_openssl: 'OpenSSL 3',
    check_openssl_gost: 'OpenSSL сам по себе не знает ГОСТ: российские подписи он проверяет с модулем gost-engine, казахстанские не проверяет.',
    check_chain: 'В certificates.pem сертификат подписавшего и те, что пришли вместе с ключом. Команда доказывает, что документ не менялся и подписан этим ключом. Доверять ли тому, кто выдал сертификат, решаете вы: его корневой сертификат возьмите у удостоверяющего центра.',
    copy: 'Скопировать',
    copied: 'Скопировано',

    developers: 'Как это сделано',
    developers_lead: 'Эта страница использует только window.tamga, без библиотек и сборки, и работает под строгой политикой (CSP): она разрешает лишь собственные скрипты и стили. Файлы можно взять за образец:',
    source_site: 'запрос подписи и ответы',
    source_view: 'показ результата',
    source_texts: 'тексты на трёх языках',
    source_style: 'светлое и тёмное оформление',
    code_page: 'Весь запрос подписи',
    code_server: 'На сервере: подпись хороша, когда это сказал он, а не браузер',
    footer: 'Все люди и ключи на этом сайте вымышлены.',

    frame_heading: 'Рамка на чужой странице',
    frame_lead: 'Добавьте к адресу ?inside=адрес, и он откроется в рамке: у неё свои разрешения, а окно Tamga назовёт оба сайта.',

    error_BUSY: 'Окно Tamga уже открыто: закончите в нём или закройте его.',
    error_CANCELLED: 'Отменено. Ничего не подписано.',
    error_CONTENT_CHANGED: 'Документ изменился или исчез, пока его читали. Выберите файл ещё раз.',
    error_HOST_MISSING: 'На компьютере нет программы Tamga, или браузер её не нашёл. Что делать, скажет окно расширения.',
    error_HOST_OUTDATED: 'Программа Tamga на компьютере устарела: обновите её.',
    error_HOST_STOPPED: 'Программа Tamga остановилась. Попробуйте ещё раз.',
    error_INTERRUPTED: 'Расширение обновилось или перезапустилось. Перезагрузите страницу.',
    error_NOT_ANSWERED: 'На запрос никто не ответил: он две минуты ждал за значком Tamga. Нажмите кнопку ещё раз.',
    error_ORIGIN_INSECURE: 'Tamga подписывает только на страницах https.',
    error_PERMISSION_DENIED: 'Вы не разрешили этому сайту просить подпись. Передумали? Нажмите значок Tamga на панели браузера.',
    error_PERMISSION_DENIED_FOR_NOW: 'Вы не разрешили этому сайту просить подпись. Снова он сможет спросить через {wait}.',
    error_other: 'Не получилось. Что случилось, сказало окно Tamga. Код для поддержки: {code}.',
  },
  kk: {
    title: 'Құжатқа қол қою · Tamga',
    tagline: 'Көрсетілім сайты',
    language: 'Тіл',
    units: 'Б КБ МБ ГБ',
    wait_seconds: '{count} с',
    wait_minutes: '{count} мин',
    heading: 'Құжатқа өз кілтіңізбен қол қойыңыз',
    lead: 'Токенмен, картамен, файлмен немесе контейнермен. Кілт пен құпиясөз компьютеріңізде қалады, құжат ешқайда жіберілмейді: сайт тек қолтаңбаны және өзіңіз таңдаған бір сертификатты алады.',

    status_looking: 'Tamga кеңейтімі ізделуде…',
    status_missing: 'Tamga кеңейтімі табылмады',
    status_missing_help: 'Браузер кеңейтімі мен Tamga бағдарламасы керек. Оларды орнатып, бетті қайта жүктеңіз. Өз сайтыңызда бұрынғы тәсіл болса, оны да осы жерде ұсыныңыз.',
    status_asks: 'Tamga орнатылған',
    status_asks_help: 'Алғашқы сұрауда ол бұл сайтқа қолтаңбаңызды сұрауға бола ма деп сұрайды. Рұқсат бергенше сайт сіз туралы ештеңе білмейді.',
    status_ready: 'Tamga {version} дайын',
    status_ready_help: 'Неге және немен қол қойылатынын оның терезесінде көресіз. Сол жерде растамасаңыз, ештеңеге қол қойылмайды.',
    status_problem: 'Tamga әзірге қол қоя алмайды',

    documents: 'Неге қол қойылады',
    files_choose: 'Файлдарды таңдаңыз',
    files_drop: 'немесе осында сүйреп әкеліңіз. Бір жолы мыңға дейін, көлемі кез келген.',
    files_total: 'Файлдар: {count}, {size}',
    files_clear: 'Бәрін алып тастау',
    file_remove: '{name} файлын алып тастау',
    text_label: 'Немесе мына мәтінге қол қойыңыз',
    text_name: 'Өтініш.txt',
    text_sample: 'Мені «Электрондық қолтаңба» курсына қабылдауыңызды сұраймын.',

    placement: 'Құжат қайда болады',
    detached: 'Қолтаңбадан бөлек',
    detached_help: 'Құжат өзгермейді, қолтаңба қасында тұрады: шарт.pdf және шарт.pdf.p7s. Көбіне осы ыңғайлы.',
    attached: 'Қолтаңбаның ішінде',
    attached_help: 'Бір .p7m файлы; құжат одан тексеру кезінде алынады.',
    specialists: 'Мамандарға',
    format: 'Пішім',
    format_cades: 'CAdES-BES: сертификатқа да қол қойылады (ETSI EN 319 122-1)',
    format_cms: 'Қосымшасыз CMS (RFC 5652)',
    pss: 'PKCS #1 v1.5 орнына RSA-PSS (тек RSA кілттеріне)',

    sign: 'Қол қою',
    sign_many: 'Қол қою, құжаттар: {count}',
    certificate: 'Сертификатты көрсету',
    cancel: 'Бас тарту',

    waiting_window: 'Tamga терезесінде жауап беріңіз.',
    waiting_icon: 'Браузер тақтасындағы Tamga белгішесін басыңыз: сұрау сонда күтіп тұр.',
    reading: 'Tamga құжаттарды оқуда: {done} / {total}',
    signing: 'Қол қойылды: {done} / {total}',

    result: 'Нәтиже',
    result_none: 'Қолтаңба осы жерде шығады: кім қол қойды, қалай жүктеп алуға және тексеруге болады.',
    result_signed: 'Қол қойылды',
    result_partly: 'Барлығына қол қойылмады: {done} / {total}',
    result_certificate: 'Сертификат сайтқа көрсетілді',
    result_certificate_help: 'Ештеңеге қол қойылған жоқ. Сайт келесі қолтаңбаны осы сертификатпен сұрайды.',
    forget: 'Оны бұдан былай ұсынбау',
    who: 'Кім қол қойды',
    whose: 'Сертификат кімдікі',
    owner: 'Иесі',
    organization: 'Ұйым',
    valid_until: 'Жарамды мерзімі',
    serial: 'Сериялық нөмірі',
    key: 'Кілт',
    key_GOST: 'ГОСТ',
    fingerprint: 'SHA-256 таңбасы',
    more: 'Толығырақ',
    save_signature: 'Қолтаңбаны жүктеп алу',
    save_document: 'Құжат',
    save_certificates: 'Сертификаттар (.pem)',
    not_signed: 'Қол қойылмады',

    check: 'Қалай тексеруге болады',
    check_lead: 'Бұл бетке сөзсіз сенбеңіз. Құжатты, қолтаңбаны және сертификаттарды бір қалтаға жүктеп алып, сол жерде орындаңыз:',
    check_one_of: 'Командалар бірінші құжатқа арналған; қалғандарына атауын ауыстырыңыз.',
    check_tamga: 'Tamga бағдарламасымен, кілттің кез келген түрі',
    check_openssl: 'OpenSSL 3',
    check_openssl_gost: 'OpenSSL ГОСТ-ты өздігінен білмейді: ресейлік қолтаңбаларды gost-engine модулімен тексереді, қазақстандықтарды тексермейді.',
    check_chain: 'certificates.pem файлында қол қоюшының сертификаты және кілтпен бірге келгендері бар. Команда құжаттың өзгермегенін және оған осы кілтпен қол қойылғанын дәлелдейді. Сертификатты бергенге сену-сенбеуді өзіңіз шешесіз: оның түбірлік сертификатын куәландырушы орталықтан алыңыз.',
    copy: 'Көшіру',
    copied: 'Көшірілді',

    developers: 'Бұл қалай жасалған',
    developers_lead: 'Бұл бет тек window.tamga қолданады, кітапханасыз және құрастырусыз, және қатаң саясатпен (CSP) жұмыс істейді: тек өз скрипттері мен стильдеріне рұқсат етілген. Файлдарды үлгі ретінде алуға болады:',
    source_site: 'қолтаңба сұрау және жауаптар',
    source_view: 'нәтижені көрсету',
    source_texts: 'үш тілдегі мәтіндер',
    source_style: 'ашық және күңгірт безендіру',
    code_page: 'Қолтаңба сұраудың бәрі',
    code_server: 'Серверде: қолтаңба жарамды екенін браузер емес, сервер айтады',
    footer: 'Бұл сайттағы адамдар мен кілттердің бәрі ойдан шығарылған.',

    frame_heading: 'Бөгде беттегі жақтау',
    frame_lead: 'Мекенжайға ?inside=мекенжай қосыңыз, сонда ол жақтауда ашылады: оның өз рұқсаттары бар, ал Tamga терезесі екі сайтты да атайды.',

    error_BUSY: 'Tamga терезесі ашық тұр: сондағы жұмысты аяқтаңыз немесе оны жабыңыз.',
    error_CANCELLED: 'Бас тартылды. Ештеңеге қол қойылған жоқ.',
    error_CONTENT_CHANGED: 'Құжат оқу кезінде өзгерді немесе жоғалды. Файлды қайта таңдаңыз.',
    error_HOST_MISSING: 'Компьютерде Tamga бағдарламасы жоқ немесе браузер оны таппады. Не істеу керегін кеңейтім терезесі айтады.',
    error_HOST_OUTDATED: 'Компьютердегі Tamga бағдарламасы ескірген: оны жаңартыңыз.',
    error_HOST_STOPPED: 'Tamga бағдарламасы тоқтап қалды. Қайталап көріңіз.',
    error_INTERRUPTED: 'Кеңейтім жаңартылды немесе қайта іске қосылды. Бетті қайта жүктеңіз.',
    error_NOT_ANSWERED: 'Сұрауға ешкім жауап бермеді: ол Tamga белгішесінің астында екі минут күтті. Түймені қайта басыңыз.',
    error_ORIGIN_INSECURE: 'Tamga тек https беттерінде қол қояды.',
    error_PERMISSION_DENIED: 'Бұл сайтқа қолтаңба сұрауға рұқсат бермедіңіз. Ойыңыз өзгерсе, браузер тақтасындағы Tamga белгішесін басыңыз.',
    error_PERMISSION_DENIED_FOR_NOW: 'Бұл сайтқа қолтаңба сұрауға рұқсат бермедіңіз. Қайта сұрауға дейін қалған уақыт: {wait}.',
    error_other: 'Болмады. Не болғанын Tamga терезесі айтты. Қолдау қызметіне арналған код: {code}.',
  },
  en: {
    title: 'Sign documents · Tamga',
    tagline: 'Demo site',
    language: 'Language',
    units: 'B kB MB GB',
    wait_seconds: '{count} s',
    wait_minutes: '{count} min',
    heading: 'Sign a document with your own key',
    lead: 'On a token, a card, in a file or a container. Key and password stay on your computer and the document is sent nowhere: the site gets the signature and the one certificate that you choose.',

    status_looking: 'Looking for the Tamga extension…',
    status_missing: 'The Tamga extension is not here',
    status_missing_help: 'Signing needs the browser extension and the Tamga program. Install both and reload the page. On a site of your own, also offer here the way you had before.',
    status_asks: 'Tamga is installed',
    status_asks_help: 'At the first request it asks you whether this site may ask for signatures. Until you allow it, the site knows nothing about you.',
    status_ready: 'Tamga {version} is ready',
    status_ready_help: 'What is signed, and with which key, you see in its window. Nothing is signed that you do not confirm there.',
    status_problem: 'Tamga cannot sign yet',

    documents: 'What to sign',
    files_choose: 'Choose files',
    files_drop: 'or drop them here. Up to a thousand at once, of any size.',
    files_total: 'Files: {count}, {size}',
    files_clear: 'Remove all',
    file_remove: 'Remove {name}',
    text_label: 'Or sign this text',
    text_name: 'Application.txt',
    text_sample: 'Please enrol me in the course “Electronic signatures”.',

    placement: 'Where the document will be',
    detached: 'Beside the signature',
    detached_help: 'The document stays as it is and the signature lies next to it: contract.pdf and contract.pdf.p7s. Almost always the handier one.',
    attached: 'Inside the signature',
    attached_help: 'One .p7m file; checking it takes the document out again.',
    specialists: 'For specialists',
    format: 'Format',
    format_cades: 'CAdES-BES: the certificate is among what is signed (ETSI EN 319 122-1)',
    format_cms: 'CMS alone (RFC 5652)',
    pss: 'RSA-PSS instead of PKCS #1 v1.5 (RSA keys only)',

    sign: 'Sign',
    sign_many: 'Sign {count} documents',
    certificate: 'Show my certificate',
    cancel: 'Cancel',

    waiting_window: 'Answer in the Tamga window.',
    waiting_icon: 'Press Tamga’s icon in the toolbar of the browser: the request waits there.',
    reading: 'Tamga is reading the documents: {done} of {total}',
    signing: 'Signed: {done} of {total}',

    result: 'Result',
    result_none: 'The signature will be here: who signed, how to save it and how to check it.',
    result_signed: 'Signed',
    result_partly: 'Not everything is signed: {done} of {total}',
    result_certificate: 'The site has seen the certificate',
    result_certificate_help: 'Nothing is signed. The site will ask for the next signature with this certificate.',
    forget: 'No longer ask for it',
    who: 'Who signed',
    whose: 'Whose certificate',
    owner: 'Owner',
    organization: 'Organisation',
    valid_until: 'Valid until',
    serial: 'Serial number',
    key: 'Key',
    key_GOST: 'GOST',
    fingerprint: 'SHA-256 fingerprint',
    more: 'More',
    save_signature: 'Save the signature',
    save_document: 'Document',
    save_certificates: 'Certificates (.pem)',
    not_signed: 'Not signed',

    check: 'How to check it',
    check_lead: 'Do not take this page’s word for it. Save the document, the signature and the certificates into one folder and run there:',
    check_one_of: 'The commands are for the first document; put in the names of the others.',
    check_tamga: 'With the Tamga program, keys of every kind',
    check_openssl: 'OpenSSL 3',
    check_openssl_gost: 'OpenSSL alone does not know GOST: with the module gost-engine it checks Russian signatures; Kazakh ones it does not.',
    check_chain: 'certificates.pem holds the signer’s certificate and those that came with the key. The command proves that the document is unchanged and was signed with this key. Whether to trust whoever issued the certificate is yours to decide: get the root certificate from the authority itself.',
    copy: 'Copy',
    copied: 'Copied',

    developers: 'How it is made',
    developers_lead: 'This page uses nothing but window.tamga, no library and no build step, under a strict policy (CSP) that allows its own scripts and styles only. The files are there to copy from:',
    source_site: 'asking for signatures, and the answers',
    source_view: 'showing the result',
    source_texts: 'texts in three languages',
    source_style: 'light and dark styles',
    code_page: 'All there is to asking for a signature',
    code_server: 'On the server: a signature is good when the server says so, not the browser',
    footer: 'All people and keys on this site are made up.',

    frame_heading: 'A frame on somebody else’s page',
    frame_lead: 'Add ?inside=address to the address to open it in the frame: a frame has permissions of its own, and Tamga’s window names both sites.',

    error_BUSY: 'A Tamga window is open already: finish in it or close it.',
    error_CANCELLED: 'Cancelled. Nothing is signed.',
    error_CONTENT_CHANGED: 'The document changed or vanished while it was read. Choose the file again.',
    error_HOST_MISSING: 'The Tamga program is not on this computer, or the browser has not found it. The extension’s window says what to do.',
    error_HOST_OUTDATED: 'The Tamga program on this computer is too old: update it.',
    error_HOST_STOPPED: 'The Tamga program has stopped. Try again.',
    error_INTERRUPTED: 'The extension was updated or restarted. Reload the page.',
    error_NOT_ANSWERED: 'Nobody answered: the request waited behind Tamga’s icon for two minutes. Press the button again.',
    error_ORIGIN_INSECURE: 'Tamga signs on https pages only.',
    error_PERMISSION_DENIED: 'You have not allowed this site to ask for signatures. Changed your mind? Press Tamga’s icon in the toolbar of the browser.',
    error_PERMISSION_DENIED_FOR_NOW: 'You have not allowed this site to ask for signatures. It may ask again in {wait}.',
    error_other: 'It did not work. Tamga’s window has said what happened. Code for the support: {code}.',
  },
};

/** The language that the person chose here, or else the first of the browser's that this page speaks. */
export let language = known(storage()?.getItem('language')) ?? navigator.languages.map(known).find(Boolean) ?? 'en';

/** @param {string} chosen */
export function setLanguage(chosen) {
  language = chosen;
  storage()?.setItem('language', chosen);
}

/** The text of this key, with each {name} in it replaced by the value of that name. */
export function text(key, values = {}) {
  return (TEXTS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Whether there is such a text. */
export function hasText(key) {
  return key in TEXTS[language];
}

/** Puts the texts where the page says `data-text="key"`. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = text(node.dataset.text);
}

/** Not every browser has the forms of Kazakh: its dates and numbers are written as the Russian ones. */
const forms = () => (language === 'en' ? 'en-GB' : 'ru');

export function formatDate(iso) {
  return new Intl.DateTimeFormat(forms(), { day: '2-digit', month: language === 'en' ? 'long' : '2-digit', year: 'numeric' }).format(new Date(iso));
}

export function formatSize(bytes) {
  const units = text('units').split(' ');
  const power = Math.min(Math.floor(Math.log10(bytes || 1) / 3), units.length - 1);
  return `${new Intl.NumberFormat(forms(), { maximumFractionDigits: 1 }).format(bytes / 1000 ** power)}\u00a0${units[power]}`;
}

/** A time from now, as exact as is useful. */
export function formatWait(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? text('wait_seconds', { count: seconds }) : text('wait_minutes', { count: Math.ceil(seconds / 60) });
}

/** A page in a sandboxed frame has none. */
function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** 'ru-RU' and 'ru' are both ru. */
function known(tag) {
  const primary = tag?.split('-')[0];
  return primary && Object.hasOwn(LANGUAGES, primary) ? primary : undefined;
}
