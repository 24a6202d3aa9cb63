//! A document that is read in pieces, however large it is.

/// A document that was named beside a signature.
pub trait Document {
    /// Hands all of it over in pieces, from its beginning. `false`: it cannot be read to its end.
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool;
}

impl Document for &[u8] {
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        piece(self);
        true
    }
}
