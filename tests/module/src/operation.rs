//! A signature in the making.

use crate::{
    mechanism::{Mechanism, PssParameters},
    object::Signer,
};
use cryptoki_sys::*;
use tamga_core::algorithm::Hasher;

/// What C_SignInit begins and the signature ends.
pub(crate) struct Operation {
    /// The key's number among the objects of its slot.
    pub(crate) object: usize,
    mechanism: &'static Mechanism,
    pss: Option<PssParameters>,
    message: Message,
    /// Whether a login for this very signature is still missing.
    pub(crate) login_missing: bool,
    /// Whether C_SignUpdate has been called: C_Sign may not follow.
    pub(crate) in_parts: bool,
}

enum Message {
    Hashed(Hasher),
    Whole(Vec<u8>),
}

impl Operation {
    /// Begins to sign; `parameter` are the bytes of the mechanism's parameter.
    pub(crate) fn new(
        object: usize,
        signer: &Signer,
        mechanism: &'static Mechanism,
        parameter: &[u8],
    ) -> Result<Self, CK_RV> {
        if mechanism.family != signer.key.family() {
            return Err(CKR_KEY_TYPE_INCONSISTENT);
        }
        let allowed = signer.mechanisms.as_ref();
        if allowed.is_some_and(|list| list.iter().all(|known| known.code != mechanism.code)) {
            return Err(CKR_KEY_FUNCTION_NOT_PERMITTED);
        }
        let pss = match mechanism.pss {
            true => Some(PssParameters::read(parameter).ok_or(CKR_MECHANISM_PARAM_INVALID)?),
            false => None,
        };
        if let (Some(pss), Some(digest)) = (pss, mechanism.digest)
            && pss.digest != digest
        {
            return Err(CKR_MECHANISM_PARAM_INVALID);
        }
        Ok(Self {
            object,
            mechanism,
            pss,
            message: match mechanism.digest {
                Some(digest) => Message::Hashed(digest.hasher()),
                None => Message::Whole(Vec::new()),
            },
            login_missing: signer.always_authenticate,
            in_parts: false,
        })
    }

    pub(crate) fn update(&mut self, part: &[u8]) {
        match &mut self.message {
            Message::Hashed(hasher) => hasher.update(part),
            Message::Whole(message) => message.extend_from_slice(part),
        }
    }

    pub(crate) fn finish(self, signer: &Signer) -> Result<Vec<u8>, CK_RV> {
        let data = match self.message {
            Message::Hashed(hasher) => hasher.finish().bytes(),
            Message::Whole(message) => message,
        };
        signer.key.sign(self.mechanism, self.pss, &data)
    }
}
