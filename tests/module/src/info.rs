//! The structures in which a module speaks of itself.

use crate::{
    mechanism::{Family, Mechanism},
    module::Module,
    pin::{Pins, User},
    reply::{Fault, text, ulong},
};
use cryptoki_sys::*;

const VERSION: CK_VERSION = CK_VERSION { major: 1, minor: 0 };

pub(crate) fn module(fault: Fault) -> CK_INFO {
    CK_INFO {
        cryptokiVersion: CK_VERSION {
            major: 2,
            minor: 40,
        },
        manufacturerID: text("Tamga", fault),
        flags: 0,
        libraryDescription: text("Tamga module double", fault),
        libraryVersion: VERSION,
    }
}

impl Module {
    pub(crate) fn slot_info(&self, id: CK_SLOT_ID, fault: Fault) -> Result<CK_SLOT_INFO, CK_RV> {
        let (_, slot) = self.slot(id)?;
        let present = match self.token(id) {
            Ok(_) => CKF_TOKEN_PRESENT,
            Err(_) => 0,
        };
        let kind = match slot.software {
            true => 0,
            false => CKF_HW_SLOT | CKF_REMOVABLE_DEVICE,
        };
        Ok(CK_SLOT_INFO {
            slotDescription: text(&slot.reader, fault),
            manufacturerID: text(&slot.manufacturer, fault),
            flags: kind | present,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
        })
    }

    pub(crate) fn token_info(&self, id: CK_SLOT_ID, fault: Fault) -> Result<CK_TOKEN_INFO, CK_RV> {
        let (index, slot) = self.token(id)?;
        let mut flags = CKF_RNG | CKF_TOKEN_INITIALIZED;
        flags |= Pins::with(self.setting, index, |pins| pins.flags())?;
        if slot.login_required {
            flags |= CKF_LOGIN_REQUIRED;
        }
        if slot.pin_pad.is_some() {
            flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
        }
        let (sessions, writable) = self.session_counts(index);
        Ok(CK_TOKEN_INFO {
            label: text(&slot.label, fault),
            manufacturerID: text(&slot.manufacturer, fault),
            model: text(&slot.model, fault),
            serialNumber: text(&slot.serial, fault),
            flags,
            ulMaxSessionCount: CK_EFFECTIVELY_INFINITE,
            ulSessionCount: ulong(sessions),
            ulMaxRwSessionCount: CK_EFFECTIVELY_INFINITE,
            ulRwSessionCount: ulong(writable),
            ulMaxPinLen: slot.max_pin.into(),
            ulMinPinLen: slot.min_pin.into(),
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
            utcTime: [b'0'; 16],
        })
    }

    pub(crate) fn mechanism_info(
        &self,
        id: CK_SLOT_ID,
        code: CK_MECHANISM_TYPE,
    ) -> Result<CK_MECHANISM_INFO, CK_RV> {
        let listed = self.mechanisms(id)?;
        let mechanism: Option<&Mechanism> = listed.into_iter().find(|known| known.code == code);
        // In bits.
        let (least, most) = match mechanism.ok_or(CKR_MECHANISM_INVALID)?.family {
            Family::Ec => (256, 521),
            Family::Gost256 => (256, 256),
            Family::Gost512 => (512, 512),
            Family::Rsa => (1024, 8192),
        };
        Ok(CK_MECHANISM_INFO {
            ulMinKeySize: least,
            ulMaxKeySize: most,
            flags: CKF_HW | CKF_SIGN,
        })
    }

    pub(crate) fn session_info(
        &mut self,
        handle: CK_SESSION_HANDLE,
    ) -> Result<CK_SESSION_INFO, CK_RV> {
        let session = self.session(handle)?;
        let (slot, writable) = (session.slot, session.writable);
        let state = match (self.login_of(slot), writable) {
            (None, false) => CKS_RO_PUBLIC_SESSION,
            (None, true) => CKS_RW_PUBLIC_SESSION,
            (Some(User::Officer), _) => CKS_RW_SO_FUNCTIONS,
            (Some(User::User), false) => CKS_RO_USER_FUNCTIONS,
            (Some(User::User), true) => CKS_RW_USER_FUNCTIONS,
        };
        let write = match writable {
            true => CKF_RW_SESSION,
            false => 0,
        };
        Ok(CK_SESSION_INFO {
            slotID: ulong(slot),
            state,
            flags: CKF_SERIAL_SESSION | write,
            ulDeviceError: 0,
        })
    }
}
