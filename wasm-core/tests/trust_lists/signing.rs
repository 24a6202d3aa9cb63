//! Enveloped XML signatures, written by hand over texts that are canonical as they stand: nothing of the product takes part.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{algorithm::DigestAlgorithm, certificate::Certificate};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Who signs, and how.
pub(super) struct Signer<'s> {
    /// SignatureMethod.
    pub(super) method: &'static str,
    /// DigestMethod, and what it means.
    pub(super) digest: (&'static str, DigestAlgorithm),
    pub(super) sign: &'s dyn Fn(&[u8]) -> Vec<u8>,
    pub(super) certificate: &'s Certificate,
    /// Whether the signature names the certificate as XAdES has it.
    pub(super) xades: bool,
}

impl Signer<'_> {
    fn digest(&self, text: &str) -> String {
        let digest = self.digest.1.digest(text.as_bytes()).bytes();
        BASE64_STANDARD.encode(digest)
    }

    fn reference(&self, attributes: &str, transforms: &[&str], text: &str) -> String {
        let transform = |it: &&str| format!("<Transform Algorithm=\"{it}\"></Transform>");
        let transforms: String = transforms.iter().map(transform).collect();
        let (method, value) = (self.digest.0, self.digest(text));
        format!(
            "<Reference {attributes}><Transforms>{transforms}</Transforms><DigestMethod Algorithm=\"{method}\"></DigestMethod>\
             <DigestValue>{value}</DigestValue></Reference>"
        )
    }

    /// The text with the signature before its last end tag.
    pub(super) fn envelop(&self, text: &str) -> String {
        let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
        let mut references = self.reference("URI=\"\"", &[enveloped, EXCLUSIVE], text);
        let mut object = String::new();
        if self.xades {
            let (method, _) = self.digest;
            let own = self.digest.1.digest(self.certificate.der()).bytes();
            let own = BASE64_STANDARD.encode(own);
            let properties = format!(
                "<SignedProperties xmlns=\"http://uri.etsi.org/01903/v1.3.2#\" Id=\"p\"><SignedSignatureProperties>\
                 <SigningTime>2026-01-01T00:00:00Z</SigningTime><SigningCertificateV2><Cert><CertDigest>\
                 <DigestMethod xmlns=\"http://www.w3.org/2000/09/xmldsig#\" Algorithm=\"{method}\"></DigestMethod>\
                 <DigestValue xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{own}</DigestValue></CertDigest></Cert>\
                 </SigningCertificateV2></SignedSignatureProperties></SignedProperties>"
            );
            let attributes = "Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#p\"";
            references += &self.reference(attributes, &[EXCLUSIVE], &properties);
            object = format!(
                "<Object><QualifyingProperties xmlns=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#s\">{properties}\
                 </QualifyingProperties></Object>"
            );
        }
        let signed_info = format!(
            "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\">\
             </CanonicalizationMethod><SignatureMethod Algorithm=\"{}\"></SignatureMethod>{references}</SignedInfo>",
            self.method
        );
        let value = BASE64_STANDARD.encode((self.sign)(signed_info.as_bytes()));
        let certificate = BASE64_STANDARD.encode(self.certificate.der());
        let signature = format!(
            "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"s\">{signed_info}<SignatureValue>{value}\
             </SignatureValue><KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>\
             {object}</Signature>"
        );
        let end = text.rfind("</").unwrap();
        let (before, after) = text.split_at(end);
        format!("{before}{signature}{after}")
    }
}
