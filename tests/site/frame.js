/** A page that shows another site in a frame, sandboxed if the address says so: `?inside=https://…&sandbox=allow-scripts`. */
import { translatePage } from './texts.js';

const { searchParams } = new URL(location.href);
const frame = document.getElementById('frame');
const inside = searchParams.get('inside');
const address = inside && URL.canParse(inside, location.href) ? new URL(inside, location.href) : null;

translatePage();
if (searchParams.has('sandbox')) frame.setAttribute('sandbox', searchParams.get('sandbox'));
if (address && /^https?:$/.test(address.protocol)) frame.src = address.href;
