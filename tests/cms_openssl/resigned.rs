//! Signatures whose entry was changed, and signed again by the same key.

use super::signer::Signer;
use cms::{
    content_info::ContentInfo,
    signed_data::{SignedData, SignerInfo, SignerInfos},
};
use der::{
    Any, Decode as _, Encode as _, Tag,
    asn1::{OctetString, SetOfVec},
};
use x509_cert::attr::Attribute;

/// A signature whose only entry was changed; its signed attributes are signed anew.
pub(crate) fn resigned(
    signer: &Signer,
    made: &[u8],
    change: impl FnOnce(&mut SignerInfo),
) -> Vec<u8> {
    let info = ContentInfo::from_der(made).unwrap();
    let mut data: SignedData = info.content.decode_as().unwrap();
    let mut entry = data.signer_infos.0.as_slice()[0].clone();
    change(&mut entry);
    let attributes = entry.signed_attrs.as_ref().unwrap().to_der().unwrap();
    let digest = signer.algorithm.digest().digest(&attributes);
    entry.signature = OctetString::new(signer.signature(&digest)).unwrap();
    data.signer_infos = SignerInfos::from(SetOfVec::try_from(vec![entry]).unwrap());
    let info = ContentInfo {
        content: Any::encode_from(&data).unwrap(),
        ..info
    };
    info.to_der().unwrap()
}

/// An attribute; each value is what a SEQUENCE is to hold.
pub(crate) fn attribute(oid: &str, values: &[Vec<u8>]) -> Attribute {
    let values = values
        .iter()
        .map(|value| Any::new(Tag::Sequence, value.clone()).unwrap());
    Attribute {
        oid: oid.parse().unwrap(),
        values: SetOfVec::from_iter(values).unwrap(),
    }
}
