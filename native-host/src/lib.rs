//! Tamga's native host: everything with effects. This is its table of contents, in reading order.

// From the browser's pipe to a typed request and back
pub mod session;
pub mod transport;

// What a request makes happen
pub mod audit;
pub mod check_files;
pub mod documents;
pub mod keys;
pub mod network;
pub mod prompt;
pub mod readers;
pub mod record;
pub mod sign;
pub mod trust;

// What everybody needs
pub(crate) mod child_process;
pub mod clock;
pub mod directories;
pub mod failure;
pub mod files;
mod folder_dialog;
pub mod log;
pub mod memory_dumps;
pub mod ownership;
pub mod package;
pub mod program;
pub mod settings;
pub mod texts;
pub(crate) mod waiting;

// The program
pub mod cli;
pub mod doctor;
pub mod register;
