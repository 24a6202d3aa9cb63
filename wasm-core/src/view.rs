//! Every screen: state machines that say what is shown and what shall be done.
