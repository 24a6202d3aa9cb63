//! Native messaging with the extension: frames, streams, whole messages, and the queue of a session's events.

pub mod connection;
pub mod framing;
mod outgoing;
pub mod queue;
pub mod stdio;
pub mod stream;
