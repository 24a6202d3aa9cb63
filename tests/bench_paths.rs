//! How many paths rustls-webpki validates per second, beside ours: `cargo bench -p tamga-tests --bench paths_speed -- A.chain…`
//! with the chains that `wasm-core/tests/path_speed.rs` leaves: a name, the second that it is about, the certificates, the
//! anchor last. They are read anew each time, as ours are.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement may stop where it stands"
)]

use rustls_pki_types::{CertificateDer, UnixTime};
use std::{
    env, fs,
    time::{Duration, Instant},
};
use tamga_core::pem;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

/// How long each is measured.
const TIME: Duration = Duration::from_secs(3);

struct Chain {
    name: String,
    when: UnixTime,
    /// The anchor last.
    certificates: Vec<Vec<u8>>,
}

impl Chain {
    fn read(path: &str) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut lines = text.lines();
        let name = lines.next().unwrap().to_owned();
        let seconds = lines.next().unwrap().parse().unwrap();
        let objects = pem::objects(text.as_bytes());
        Self {
            name,
            when: UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            certificates: objects.iter().map(|it| it.bytes().to_vec()).collect(),
        }
    }

    fn validate(&self) -> Result<(), Error> {
        let (anchor, others) = self.certificates.split_last().unwrap();
        let (first, between) = others.split_first().unwrap();
        let [anchor, first] = [anchor, first].map(|der| CertificateDer::from(&**der));
        let between = between.iter().map(|der| CertificateDer::from(&**der));
        let between: Vec<_> = between.collect();
        let anchors = [anchor_from_trusted_cert(&anchor)?];
        let usage = KeyUsage::server_auth();
        EndEntityCert::try_from(&first)?
            .verify_for_usage(
                ALL_VERIFICATION_ALGS,
                &anchors,
                &between,
                self.when,
                usage,
                None,
                None,
            )
            .map(|_| ())
    }
}

fn main() {
    // cargo says that this is a benchmark.
    for path in env::args().skip(1).filter(|it| it != "--bench") {
        let chain = Chain::read(&path);
        if let Err(error) = chain.validate() {
            println!("rustls-webpki, {}: not validated ({error})", chain.name);
            continue;
        }
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < TIME {
            chain.validate().unwrap();
            count += 1;
        }
        let seconds = start.elapsed().as_secs_f64();
        let rate = f64::from(count) / seconds;
        println!("rustls-webpki, {}: {rate:.0} paths per second", chain.name);
    }
}
