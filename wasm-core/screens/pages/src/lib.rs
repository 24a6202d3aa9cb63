//! The browser's module for the pages that fill a tab: the options, a certificate's page, the check page, the diagnosis, the
//! first steps.

use tamga_screens::{
    certificate::CertificatePage, check, diagnosis::DiagnosisPage, export_screen,
    first_run::FirstRun as FirstRunPage, options,
};
use wasm_bindgen::prelude::*;

export_screen! {
    /// The options, drawn in `root`. `carry` is called with each effect as JSON; `event` takes an event as JSON.
    Options: options::Options
}

export_screen! {
    /// The page of a certificate; see [`Options`].
    Certificate: CertificatePage
}

export_screen! {
    /// The check page; see [`Options`].
    Check: check::Check
}

export_screen! {
    /// The page that says what keeps Tamga from working; see [`Options`].
    Diagnosis: DiagnosisPage
}

export_screen! {
    /// The page that leads through the first steps; see [`Options`].
    FirstRun: FirstRunPage
}
