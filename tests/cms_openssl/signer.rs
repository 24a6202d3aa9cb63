//! A leaf certificate of the OpenSSL CA, signing through Tamga with the implementations of RustCrypto.

use super::openssl::Openssl;
use der::{Reader as _, SliceReader, asn1::SequenceRef};
use getrandom::SysRng;
use gost3410::{Curve, SigningKey};
use p256::ecdsa::signature::hazmat::RandomizedPrehashSigner as _;
use pkcs8::{DecodePrivateKey as _, PrivateKeyInfoRef};
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey, traits::SignatureScheme};
use sha2::Sha256;
use tamga_core::{
    algorithm::{Country, Digest, DigestAlgorithm, Padding, SignatureAlgorithm},
    certificate::Certificate,
    format::{Container, Content, FormatError, Level, Piece, Placement, Profile, Signing, prepare},
};

/// A CMS signature.
pub(crate) fn cms(level: Level, placement: Placement) -> Profile {
    Profile {
        container: Container::Cms,
        level,
        placement,
    }
}

/// What the pieces make up.
pub(crate) fn put_together(pieces: &[Piece], document: &[u8]) -> Vec<u8> {
    let piece = |piece: &Piece| match piece {
        Piece::Bytes { bytes } => bytes.clone(),
        Piece::Document { start, length } => {
            let [start, length] = [start, length].map(|number| usize::try_from(*number).unwrap());
            document[start..][..length].to_vec()
        }
    };
    pieces.iter().flat_map(piece).collect()
}

/// A leaf certificate with its key.
pub(crate) struct Signer {
    pub(crate) algorithm: SignatureAlgorithm,
    certificate: Certificate,
    chain: [Certificate; 2],
    pkcs8: Vec<u8>,
}

impl Signer {
    pub(crate) fn new(openssl: &Openssl, name: &str, padding: Padding) -> Self {
        let [certificate, middle] = [&format!("{name}.der"), "middle.der"]
            .map(|file| Certificate::parse(&openssl.read(file)).unwrap());
        let key = certificate.key().verifying_key().unwrap();
        Self {
            algorithm: key.signs_with(padding).unwrap(),
            // The signer's own certificate once more: it must not come out twice.
            chain: [certificate.clone(), middle],
            certificate,
            pkcs8: openssl.read(&format!("{name}.p8")),
        }
    }

    pub(crate) fn sign(
        &self,
        content: &Content,
        profile: Profile,
        signing_time: u64,
    ) -> Result<Vec<Piece>, FormatError> {
        let prepared = prepare(&self.signing(content, profile, signing_time))?;
        let signature = self.signature(&prepared.digest_to_sign());
        prepared.finish(&signature)
    }

    pub(crate) fn content(&self, document: &[u8]) -> Content {
        Content {
            digest: self.algorithm.digest().digest(document),
            size: u64::try_from(document.len()).ok(),
        }
    }

    pub(crate) fn signing<'a>(
        &'a self,
        content: &'a Content,
        profile: Profile,
        signing_time: u64,
    ) -> Signing<'a> {
        Signing {
            certificate: &self.certificate,
            chain: &self.chain,
            content,
            profile,
            algorithm: self.algorithm,
            signing_time,
        }
    }

    pub(crate) fn signature(&self, digest: &Digest) -> Vec<u8> {
        match self.algorithm {
            SignatureAlgorithm::Ecdsa(curve) => self.ecdsa(curve, &digest.bytes()),
            SignatureAlgorithm::Gost(_, country) => self.gost(country, &digest.bytes()),
            SignatureAlgorithm::RsaPkcs1(_) => self.rsa(Pkcs1v15Sign::new::<Sha256>(), digest),
            SignatureAlgorithm::RsaPss(_) | SignatureAlgorithm::RsaPssWith { .. } => {
                self.rsa(Pss::<Sha256>::new(), digest)
            }
        }
    }

    fn rsa(&self, scheme: impl SignatureScheme, digest: &Digest) -> Vec<u8> {
        let key = RsaPrivateKey::from_pkcs8_der(&self.pkcs8).unwrap();
        key.sign(scheme, &digest.bytes()).unwrap()
    }

    /// The engine writes the number as it is, little-endian, into the OCTET STRING of the PrivateKeyInfo.
    fn gost(&self, country: Country, digest: &[u8]) -> Vec<u8> {
        let info = PrivateKeyInfoRef::try_from(self.pkcs8.as_slice()).unwrap();
        let parameters: &SequenceRef = info.algorithm.parameters.unwrap().decode_as().unwrap();
        let mut parameters = SliceReader::new(parameters.as_bytes()).unwrap();
        let curve = Curve::from_oid(&parameters.decode().unwrap()).unwrap();
        let key = SigningKey::from_le_bytes(curve, info.private_key.as_bytes()).unwrap();
        let signature = key.sign_prehash_with_rng(&mut SysRng, digest).unwrap();
        signature.to_bytes(country.encoding()).as_ref().to_vec()
    }

    /// The digest tells the curve: each has its own by policy.
    fn ecdsa(&self, curve: DigestAlgorithm, digest: &[u8]) -> Vec<u8> {
        macro_rules! sign {
            ($curve:ident) => {{
                use $curve::ecdsa::{
                    DerSignature, SigningKey, signature::hazmat::PrehashSigner as _,
                };
                let key = SigningKey::from_pkcs8_der(&self.pkcs8).unwrap();
                let signature: DerSignature = key.sign_prehash(digest).unwrap();
                signature.as_bytes().to_vec()
            }};
        }
        match curve {
            DigestAlgorithm::Sha256 => sign!(p256),
            DigestAlgorithm::Sha384 => sign!(p384),
            _ => sign!(p521),
        }
    }
}
