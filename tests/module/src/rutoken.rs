//! What Rutoken's module tells beyond the standard: exactly how many tries are left.

use crate::{
    module::Module,
    pin::{Pins, User},
};
use cryptoki_sys::*;

/// CK_TOKEN_INFO_EXTENDED of Rutoken's `rtpkcs11t.h`: 256 bytes on Linux, 164 on Windows.
#[cfg_attr(windows, repr(C, packed))]
#[cfg_attr(not(windows), repr(C))]
pub(crate) struct TokenInfo {
    /// In: for which size the caller has room. Out: how much is filled.
    pub(crate) size: CK_ULONG,
    token_type: CK_ULONG,
    protocol: CK_ULONG,
    microcode: CK_ULONG,
    order: CK_ULONG,
    flags: CK_FLAGS,
    max_admin_pin: CK_ULONG,
    min_admin_pin: CK_ULONG,
    max_user_pin: CK_ULONG,
    min_user_pin: CK_ULONG,
    max_admin_retries: CK_ULONG,
    admin_retries_left: CK_ULONG,
    max_user_retries: CK_ULONG,
    user_retries_left: CK_ULONG,
    /// Hexadecimal digits of the serial number, to the right.
    serial: [u8; 8],
    total_memory: CK_ULONG,
    free_memory: CK_ULONG,
    atr: [u8; 64],
    atr_length: CK_ULONG,
    class: CK_ULONG,
    battery_voltage: CK_ULONG,
    body_colour: CK_ULONG,
    firmware_checksum: CK_ULONG,
    battery_percentage: CK_ULONG,
    battery_flags: CK_ULONG,
}

/// Of "Rutoken ECP", as its own readings are.
const ATR: [u8; 15] = *b"\x3b\x8b\x01Rutoken DS \xc1";
const ECP: CK_ULONG = 1;
/// Both may change the user's PIN, and the PINs are UTF-8.
const ABILITIES: CK_FLAGS = 0x1803;
const ADMIN_PIN_NOT_DEFAULT: CK_FLAGS = 0x4;
const USER_PIN_NOT_DEFAULT: CK_FLAGS = 0x8;
const MEMORY: CK_ULONG = 131_072;

impl Module {
    /// `size` is the caller's idea of the structure's.
    pub(crate) fn rutoken_info(&self, id: CK_SLOT_ID, size: CK_ULONG) -> Result<TokenInfo, CK_RV> {
        if !self.setting.description.rutoken {
            return Err(CKR_FUNCTION_NOT_SUPPORTED);
        }
        let (index, slot) = self.token(id)?;
        if usize::try_from(size) != Ok(size_of::<TokenInfo>()) {
            return Err(CKR_BUFFER_TOO_SMALL);
        }
        let (user, officer, defaults) = Pins::with(self.setting, index, |pins| {
            let defaults = [
                pins.is(User::Officer, b"87654321"),
                pins.is(User::User, b"12345678"),
            ];
            (pins.tries(User::User), pins.tries(User::Officer), defaults)
        })?;
        let not_default = [ADMIN_PIN_NOT_DEFAULT, USER_PIN_NOT_DEFAULT];
        let changed = not_default
            .into_iter()
            .zip(defaults)
            .filter(|(_, default)| !default);
        let mut atr = [0; 64];
        atr.iter_mut().zip(ATR).for_each(|(to, from)| *to = from);
        Ok(TokenInfo {
            size,
            token_type: ECP,
            protocol: 1,
            microcode: 30,
            order: 2,
            flags: changed.fold(ABILITIES, |flags, (flag, _)| flags | flag),
            max_admin_pin: slot.max_pin.into(),
            min_admin_pin: slot.min_pin.into(),
            max_user_pin: slot.max_pin.into(),
            min_user_pin: slot.min_pin.into(),
            max_admin_retries: officer.1.into(),
            admin_retries_left: officer.0.into(),
            max_user_retries: user.1.into(),
            user_retries_left: user.0.into(),
            serial: u64::from_str_radix(&slot.serial, 16)
                .unwrap_or_default()
                .to_be_bytes(),
            total_memory: MEMORY,
            free_memory: MEMORY,
            atr,
            atr_length: crate::reply::ulong(ATR.len()),
            class: ECP,
            battery_voltage: 0,
            body_colour: 0,
            firmware_checksum: 0,
            battery_percentage: u32::MAX.into(),
            battery_flags: u32::MAX.into(),
        })
    }
}
