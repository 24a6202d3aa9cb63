//! The commands about certificates whose keys need not be within reach.

use super::Session;
use crate::{failure::Error, keys::displayable};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{io::Write, sync::Arc};
use tamga_core::{
    certificate::Certificate,
    failure::ErrorCode,
    protocol::{MAX_CHAIN, Reply},
};

/// Says everything that a certificate says. One of the chain that cannot be read is left out.
///
/// # Errors
/// `CERTIFICATE_MALFORMED`, `REQUEST_MALFORMED` for a chain that is too long.
pub(super) fn describe(certificate: &str, chain: &[String]) -> Result<Reply, Error> {
    if chain.len() > MAX_CHAIN {
        return Err(ErrorCode::RequestMalformed.into());
    }
    let described = parse(certificate).ok_or(ErrorCode::CertificateMalformed)?;
    let above: Vec<Certificate> = chain.iter().filter_map(|it| parse(it)).collect();
    let above: Vec<&Certificate> = above.iter().collect();
    let details = described.details(&above);
    Ok(Reply::CertificateDescribed(Box::new(details)))
}

impl<W: Write> Session<W> {
    /// Keeps a certificate without its key; the file is base64.
    pub(super) fn add_certificate(
        &mut self,
        id: u32,
        name: String,
        content: String,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let file = BASE64_STANDARD.decode(content);
            let file = file.map_err(|_| ErrorCode::RequestMalformed)?;
            let kept = context.certificate_files();
            let certificate = kept.add(&displayable(&name), &file)?;
            Ok(Reply::CertificateAdded { certificate })
        })
    }

    /// Keeps it no more.
    pub(super) fn remove_certificate(&mut self, id: u32, certificate: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            context.certificate_files().remove(&certificate)?;
            Ok(Reply::CertificateRemoved {})
        })
    }
}

pub(super) fn parse(certificate: &str) -> Option<Certificate> {
    let der = BASE64_STANDARD.decode(certificate).ok()?;
    Certificate::parse(&der).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(der: &[u8]) -> String {
        BASE64_STANDARD.encode(der)
    }

    #[test]
    fn a_certificate_is_described_with_what_is_above_it() {
        let english = include_bytes!("../../../wasm-core/tests/fixtures/english.der");
        let authority = include_bytes!("../../../wasm-core/tests/fixtures/authority.der");
        let [english, authority] = [fixture(english), fixture(authority)];
        let chain = ["no certificate".to_owned(), authority];
        let Ok(Reply::CertificateDescribed(details)) = describe(&english, &chain) else {
            panic!("a description");
        };
        assert_eq!(details.chain.len(), 1);
    }

    #[test]
    fn what_is_no_certificate_is_refused_and_so_is_an_endless_chain() {
        let refused = |certificate: &str, chain: &[String]| {
            let error = describe(certificate, chain).err();
            error.map(|error| tamga_core::failure::Failure::from(error).code)
        };
        let malformed = Some(ErrorCode::CertificateMalformed);
        assert_eq!(refused("MAA=", &[]), malformed);
        assert_eq!(refused("ы", &[]), malformed);
        let endless = vec![String::new(); MAX_CHAIN + 1];
        assert_eq!(refused("MAA=", &endless), Some(ErrorCode::RequestMalformed));
    }
}
