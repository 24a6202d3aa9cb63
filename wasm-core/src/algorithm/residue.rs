//! Numbers of at most 512 bits modulo an odd number, for verification: nothing here is secret.

use crypto_bigint::{
    Odd, U512,
    modular::{FixedMontyForm, FixedMontyParams},
};

/// A number modulo a prime, or modulo an order.
pub(super) type Residue = FixedMontyForm<{ U512::LIMBS }>;
/// Its modulus.
pub(super) type Modulus = FixedMontyParams<{ U512::LIMBS }>;

/// The modulus in hexadecimal digits.
pub(super) fn modulus(digits: &str) -> Option<Modulus> {
    let odd = Option::from(Odd::new(number(digits)?))?;
    Some(Modulus::new_vartime(odd))
}

/// The number in hexadecimal digits.
pub(super) fn residue(digits: &str, modulus: &Modulus) -> Option<Residue> {
    Some(Residue::new(&number(digits)?, modulus))
}

fn number(digits: &str) -> Option<U512> {
    U512::from_str_radix_vartime(digits, 16).ok()
}
