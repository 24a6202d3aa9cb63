//! What the host and its readers process say to each other.

use serde::{Deserialize, Serialize};
use tamga_core::{
    failure::{Failure, TriesLeft},
    secret::Secret,
};

/// What the host asks of the smart card service.
#[derive(Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum ReadersRequest {
    /// Which readers hold a card: `cards`.
    Cards {},
    /// How the service is, and whether the cards in its readers can be used: `probed`.
    Probe {},
    /// Tell `changed` whenever a reader or a card came or went, and when the service did; `watching` before, as soon as
    /// the readers are watched or that is known to be impossible now. The process does nothing else from then on.
    Watch {},
    /// How many tries the PIN of a PIV card has left: `tries`.
    PivTries { reader: String },
    /// Give a PIV card a new PIN with its PUK: `unblocked`.
    PivUnblock {
        reader: String,
        puk: Secret,
        new_pin: Secret,
    },
    /// Log out of a PIV card, if it is one: `done`.
    PivLogOut { reader: String },
    /// Reset a card, which logs out whoever is logged in: `done`.
    Reset { reader: String },
}

/// What it answers.
#[derive(Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum ReadersResponse {
    Cards {
        cards: Vec<CardFound>,
    },
    Probed {
        service: Service,
    },
    Watching {},
    /// `occupied`: the readers that hold a card now.
    Changed {
        occupied: Vec<String>,
    },
    /// `None`: no PIV card, or somebody is logged in.
    Tries {
        tries: Option<TriesLeft>,
    },
    /// `piv`: whether it is a PIV card; nothing was done with another one.
    Unblocked {
        piv: bool,
    },
    Done {},
    Failed {
        failure: Failure,
    },
}

/// A card in a reader.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CardFound {
    pub(super) reader: String,
    /// Its answer to reset.
    pub(super) atr: Vec<u8>,
}

/// How the smart card service is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) state: ServiceState,
    pub(crate) readers: Vec<ReaderFound>,
}

/// Whether the smart card service can be reached.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceState {
    Runs,
    /// It does not run, or does not answer.
    #[default]
    Stopped,
    /// It is not installed.
    Missing,
    /// It refuses this person.
    Refuses,
}

/// A reader, and whether its card can be used.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReaderFound {
    pub(crate) name: String,
    pub(crate) card: CardState,
}

/// A card, as the service lets it be used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CardState {
    Absent,
    Free,
    /// Another program has it for itself.
    Held,
    /// The service refuses it to this person.
    Refused,
    /// It does not answer.
    Silent,
}
