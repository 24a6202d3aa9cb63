//! The life of the readers process: every call of the smart card service (PC/SC) is made in here.

use super::{
    piv_card,
    protocol::{
        CardFound, CardState, ReaderFound, ReadersRequest, ReadersResponse, Service, ServiceState,
    },
};
use crate::child_process::far_end::Requests;
use pcsc::{
    Context, Disposition, Error, PNP_NOTIFICATION, Protocols, ReaderState, Scope, ShareMode, State,
};
use std::{ffi::CString, io, path::Path, process::ExitCode, thread, time::Duration};
use tamga_core::failure::{ErrorCode, Failure};

/// How long to wait before the service is looked for again, when it is not there.
const SERVICE_RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// Where Linux has the service's program.
const SERVICE_PROGRAMS: [&str; 2] = ["/usr/sbin/pcscd", "/usr/local/sbin/pcscd"];

/// Serves the host until it closes the pipe. The service itself ends what a process leaves behind.
pub fn run() -> ExitCode {
    let Ok(mut requests) = Requests::open(Duration::ZERO) else {
        return ExitCode::FAILURE;
    };
    while let Some(request) = requests.next() {
        let answered = match request {
            ReadersRequest::Watch {} => watch(&mut |response| requests.answer(&response)),
            request => {
                let response = answer(request);
                requests
                    .answer(&response.unwrap_or_else(|failure| ReadersResponse::Failed { failure }))
            }
        };
        if answered.is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

fn answer(request: ReadersRequest) -> Result<ReadersResponse, Failure> {
    Ok(match request {
        ReadersRequest::Cards {} => {
            let context = Context::establish(Scope::User).map_err(out_of_service)?;
            let cards = cards(&context)
                .inspect_err(|error| tracing::warn!(%error, "the readers cannot be listed"));
            ReadersResponse::Cards {
                cards: cards.unwrap_or_default(),
            }
        }
        ReadersRequest::Probe {} => ReadersResponse::Probed { service: probe() },
        ReadersRequest::PivTries { reader } => ReadersResponse::Tries {
            tries: piv_card::tries(&reader),
        },
        ReadersRequest::PivUnblock {
            reader,
            puk,
            new_pin,
        } => ReadersResponse::Unblocked {
            piv: piv_card::unblock(&reader, &puk, &new_pin)?.is_some(),
        },
        ReadersRequest::PivLogOut { reader } => {
            piv_card::log_out(&reader);
            ReadersResponse::Done {}
        }
        ReadersRequest::Reset { reader } => {
            piv_card::reset(&reader).map_err(out_of_service)?;
            ReadersResponse::Done {}
        }
        ReadersRequest::Watch {} => return Err(ErrorCode::RequestMalformed.into()),
    })
}

/// Why the smart card service cannot be reached.
fn out_of_service(error: Error) -> Failure {
    match state_of(error) {
        ServiceState::Missing => ErrorCode::ReadersMissing.into(),
        _ => ErrorCode::ReadersStopped.into(),
    }
}

fn state_of(error: Error) -> ServiceState {
    let installed = || {
        SERVICE_PROGRAMS
            .iter()
            .any(|program| Path::new(program).exists())
    };
    match error {
        Error::NoService | Error::ServiceStopped if cfg!(target_os = "linux") && !installed() => {
            ServiceState::Missing
        }
        Error::NoService | Error::ServiceStopped => ServiceState::Stopped,
        Error::SecurityViolation => ServiceState::Refuses,
        _ => {
            tracing::warn!(%error, "the smart card service refuses");
            ServiceState::Stopped
        }
    }
}

/// How the service is. Cards are connected to for a moment, shared and without a reset: that harms nobody who uses them.
fn probe() -> Service {
    let probed = Context::establish(Scope::User).and_then(|context| {
        let mut states = states(&context)?;
        if !states.is_empty() {
            context.get_status_change(Duration::ZERO, &mut states)?;
        }
        let reader = |state: &ReaderState| ReaderFound {
            name: state.name().to_string_lossy().into_owned(),
            card: card_state(&context, state),
        };
        Ok(states.iter().map(reader).collect())
    });
    match probed {
        Ok(readers) => Service {
            state: ServiceState::Runs,
            readers,
        },
        Err(error) => Service {
            state: state_of(error),
            readers: Vec::new(),
        },
    }
}

fn card_state(context: &Context, reader: &ReaderState) -> CardState {
    if !reader.event_state().contains(State::PRESENT) {
        return CardState::Absent;
    }
    match context.connect(reader.name(), ShareMode::Shared, Protocols::ANY) {
        Ok(card) => {
            // Drop uses SCARD_RESET_CARD, which logs out whoever is logged in.
            let _ = card.disconnect(Disposition::LeaveCard);
            CardState::Free
        }
        Err(Error::SharingViolation) => CardState::Held,
        Err(Error::SecurityViolation) => CardState::Refused,
        Err(_) => CardState::Silent,
    }
}

/// The readers with a card in them, and its answer to reset.
fn cards(context: &Context) -> Result<Vec<CardFound>, Error> {
    let mut states = states(context)?;
    if states.is_empty() {
        return Ok(Vec::new());
    }
    context.get_status_change(Duration::ZERO, &mut states)?;
    let card = |state: &ReaderState| CardFound {
        reader: state.name().to_string_lossy().into_owned(),
        atr: state.atr().to_vec(),
    };
    Ok(occupied(&states).map(card).collect())
}

fn occupied(states: &[ReaderState]) -> impl Iterator<Item = &ReaderState> {
    let present = |state: &&ReaderState| state.event_state().contains(State::PRESENT);
    states.iter().filter(present)
}

fn states(context: &Context) -> Result<Vec<ReaderState>, Error> {
    let readers = match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Vec::new(),
        readers => readers?,
    };
    let state = |reader: CString| ReaderState::new(reader, State::UNAWARE);
    Ok(readers.into_iter().map(state).collect())
}

/// Tells whenever something changes, and sleeps in the service's own call until then. Returns when nobody listens.
fn watch(tell: &mut dyn FnMut(ReadersResponse) -> io::Result<()>) -> io::Result<()> {
    let gone = || ReadersResponse::Changed {
        occupied: Vec::new(),
    };
    let (mut told, mut here) = (false, None);
    loop {
        let mut heard = Ok(());
        let watched = Context::establish(Scope::User).and_then(|context| {
            let returned = here.replace(true) == Some(false);
            let mut known = states_with_news(&context)?;
            context.get_status_change(Duration::ZERO, &mut known)?;
            if returned {
                heard = tell(changed(&known));
            }
            if heard.is_ok() && !std::mem::replace(&mut told, true) {
                heard = tell(ReadersResponse::Watching {});
            }
            while heard.is_ok() {
                let before = inserted(&known);
                wait_for_change(&context, &mut known)?;
                // Whether a program uses a card is a change to the service, and to nobody else.
                if inserted(&known) != before {
                    heard = tell(changed(&known));
                }
            }
            Ok(())
        });
        heard?;
        if let Err(error) = watched {
            tracing::debug!(%error, "the readers cannot be watched");
        }
        if !std::mem::replace(&mut told, true) {
            tell(ReadersResponse::Watching {})?;
        }
        if here.replace(false) == Some(true) {
            tell(gone())?;
        }
        thread::sleep(SERVICE_RETRY_INTERVAL);
    }
}

fn changed(states: &[ReaderState]) -> ReadersResponse {
    let name = |state: &ReaderState| state.name().to_string_lossy().into_owned();
    ReadersResponse::Changed {
        occupied: occupied(states).map(name).collect(),
    }
}

/// The readers, whether each holds a card, and how often one came or went.
fn inserted(states: &[ReaderState]) -> Vec<(CString, bool, u32)> {
    let inserted = |state: &ReaderState| {
        let present = state.event_state().contains(State::PRESENT);
        (state.name().to_owned(), present, state.event_count())
    };
    let readers = states
        .iter()
        .filter(|state| state.name() != PNP_NOTIFICATION());
    readers.map(inserted).collect()
}

/// Waits until something has changed.
fn wait_for_change(context: &Context, known: &mut Vec<ReaderState>) -> Result<(), Error> {
    known.iter_mut().for_each(ReaderState::sync_current_state);
    context.get_status_change(None, known)?;
    let before = names(known);
    let mut now = states_with_news(context)?;
    if names(&now) != before {
        context.get_status_change(Duration::ZERO, &mut now)?;
        *known = now;
    }
    Ok(())
}

/// The readers, and the one that stands for readers coming and going.
fn states_with_news(context: &Context) -> Result<Vec<ReaderState>, Error> {
    let mut states = states(context)?;
    states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
    Ok(states)
}

fn names(states: &[ReaderState]) -> Vec<CString> {
    states.iter().map(|state| state.name().to_owned()).collect()
}
