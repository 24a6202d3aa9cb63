//! Filling the token of a PKCS#11 module that keeps its keys in files, such as SoftHSM.

use crate::{card::der_of, tlv::find};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    object::{Attribute, CertificateType, KeyType, ObjectClass},
    session::{Session, UserType},
    types::AuthPin,
};
use pkcs8::{
    PrivateKeyInfoRef,
    der::{Encode as _, asn1::OctetStringRef},
};
use rsa::pkcs1::RsaPrivateKey;
use std::{error::Error, path::Path};

/// A token to be made.
#[derive(Debug)]
pub struct NewToken<'a> {
    /// What it is called.
    pub label: &'a str,
    /// The person's PIN.
    pub pin: &'a str,
    /// The administrator's.
    pub admin_pin: &'a str,
}

/// A key and its certificate, DER or PEM, and by which `CKA_ID` each goes; by none if that is empty.
#[derive(Debug)]
pub struct NewPair {
    /// PKCS#8.
    pub key: Vec<u8>,
    /// X.509.
    pub certificate: Vec<u8>,
    /// Of the key.
    pub key_id: Vec<u8>,
    /// Of the certificate.
    pub certificate_id: Vec<u8>,
    /// What is on the token beside the key.
    pub beside: Beside,
}

/// What is on a token beside a private key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Beside {
    /// The certificate.
    Certificate,
    /// The certificate, which is seen after logging in only.
    PrivateCertificate,
    /// No certificate, but the public key.
    PublicKey,
}

impl NewToken<'_> {
    /// Makes the token in the module's first free slot, and puts these keys with their certificates on it.
    ///
    /// # Errors
    /// What the module says.
    pub fn make(&self, module: &Path, pairs: &[NewPair]) -> Result<(), Box<dyn Error>> {
        let pkcs11 = Pkcs11::new(module)?;
        pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let used = pkcs11.get_slots_with_initialized_token()?;
        let slots = pkcs11.get_slots_with_token()?;
        let free = slots.into_iter().find(|slot| !used.contains(slot));
        let free = free.ok_or("the module has no free slot")?;
        let [pin, admin_pin] = [self.pin, self.admin_pin].map(AuthPin::from);
        pkcs11.init_token(free, &admin_pin, self.label)?;
        let session = pkcs11.open_rw_session(free)?;
        session.login(UserType::So, Some(&admin_pin))?;
        session.init_pin(&pin)?;
        session.logout()?;
        session.login(UserType::User, Some(&pin))?;
        for pair in pairs {
            let common = |id: &[u8]| [Attribute::Token(true), Attribute::Id(id.to_vec())];
            put_key(&session, &common(&pair.key_id), &der_of(&pair.key)?)?;
            if pair.beside == Beside::PublicKey {
                put_public_key(&session, &common(&pair.key_id), &der_of(&pair.key)?)?;
                continue;
            }
            let certificate = der_of(&pair.certificate)?;
            let mut attributes = common(&pair.certificate_id).to_vec();
            let is_private = pair.beside == Beside::PrivateCertificate;
            attributes.push(Attribute::Private(is_private));
            put_certificate(&session, &attributes, certificate)?;
        }
        drop(session);
        Ok(pkcs11.finalize()?)
    }
}

fn put_key(session: &Session, common: &[Attribute], pkcs8: &[u8]) -> Result<(), Box<dyn Error>> {
    let info = PrivateKeyInfoRef::try_from(pkcs8)?;
    let mut attributes = vec![
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
    ];
    attributes.extend_from_slice(common);
    if let Ok(rsa) =
        RsaPrivateKey::<pkcs8::der::asn1::UintRef<'_>>::try_from(info.private_key.as_bytes())
    {
        attributes.extend([
            Attribute::KeyType(KeyType::RSA),
            Attribute::Modulus(rsa.modulus.as_bytes().to_vec()),
            Attribute::PublicExponent(rsa.public_exponent.as_bytes().to_vec()),
            Attribute::PrivateExponent(rsa.private_exponent.as_bytes().to_vec()),
            Attribute::Prime1(rsa.prime1.as_bytes().to_vec()),
            Attribute::Prime2(rsa.prime2.as_bytes().to_vec()),
            Attribute::Exponent1(rsa.exponent1.as_bytes().to_vec()),
            Attribute::Exponent2(rsa.exponent2.as_bytes().to_vec()),
            Attribute::Coefficient(rsa.coefficient.as_bytes().to_vec()),
        ]);
    } else {
        // ECPrivateKey (RFC 5915 §3): its octet string is the number.
        let key = find(info.private_key.as_bytes(), 0x30);
        let number = key
            .and_then(|key| find(key, 4))
            .ok_or("an unknown kind of key")?;
        let curve = info.algorithm.parameters.ok_or("a key on no curve")?;
        attributes.extend([
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(curve.to_der()?),
            Attribute::Value(number.to_vec()),
        ]);
    }
    session.create_object(&attributes)?;
    Ok(())
}

fn put_public_key(
    session: &Session,
    common: &[Attribute],
    pkcs8: &[u8],
) -> Result<(), Box<dyn Error>> {
    let info = PrivateKeyInfoRef::try_from(pkcs8)?;
    let key = info.private_key.as_bytes();
    let mut attributes = vec![
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::Private(false),
        Attribute::Verify(true),
    ];
    attributes.extend_from_slice(common);
    if let Ok(rsa) = RsaPrivateKey::<pkcs8::der::asn1::UintRef<'_>>::try_from(key) {
        attributes.extend([
            Attribute::KeyType(KeyType::RSA),
            Attribute::Modulus(rsa.modulus.as_bytes().to_vec()),
            Attribute::PublicExponent(rsa.public_exponent.as_bytes().to_vec()),
        ]);
    } else {
        // ECPrivateKey (RFC 5915 §3): the BIT STRING in [1] is the point, after the number of its unused bits.
        let key = find(key, 0x30).ok_or("an unknown kind of key")?;
        let point = find(key, 0xa1).and_then(|tagged| find(tagged, 3));
        let point = point.and_then(|bits| bits.strip_prefix(&[0]));
        let point = OctetStringRef::new(point.ok_or("a key without its point")?)?;
        let curve = info.algorithm.parameters.ok_or("a key on no curve")?;
        attributes.extend([
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(curve.to_der()?),
            Attribute::EcPoint(point.to_der()?),
        ]);
    }
    session.create_object(&attributes)?;
    Ok(())
}

fn put_certificate(
    session: &Session,
    common: &[Attribute],
    certificate: Vec<u8>,
) -> Result<(), Box<dyn Error>> {
    let mut attributes = vec![
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        // The standard wants a subject; nobody looks for one here.
        Attribute::Subject(vec![0x30, 0]),
        Attribute::Value(certificate),
    ];
    attributes.extend_from_slice(common);
    session.create_object(&attributes)?;
    Ok(())
}
