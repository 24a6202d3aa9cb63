//! All tests from outside, in one program: it links everything once.

mod support {
    pub(crate) mod certificates;
    pub(crate) mod conformance;
    pub(crate) mod der;
    pub(crate) mod gost;
    pub(crate) mod pfx;
    pub(crate) mod seeds;
}

mod ber_forms;
mod certificate_signatures;
mod certificates_vectors;
mod cms_vectors;
mod crypto_pro_files;
mod gost_files;
mod gost_vectors;
mod national_paths;
mod path_reasons;
mod path_speed;
mod path_suites;
mod pkcs12_files;
mod pkcs12_foreign;
mod pkcs12_vectors;
mod revocation;
mod signature_vectors;
mod trust_lists;
mod xml_canonical;
mod xml_signatures;
