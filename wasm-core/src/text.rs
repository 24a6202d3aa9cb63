//! The catalogue of texts in the user's language.
