//! A bounded transcoder from BER to DER.
