//! What a certificate is to be good for.

/// What is asked of a certificate.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Requirements {
    /// What it is used for.
    pub purpose: Purpose,
    /// Whose it has to be, if that matters.
    pub name: Option<ExpectedName>,
    /// Which policies its path has to have.
    pub policies: PolicyRequirements,
    /// Whether breaches of what RFC 5280 asks of authorities, which verifiers need not mind, are refused rather than noted.
    pub strict: bool,
    /// The most certificates between it and the anchor that are not self-issued; `None` for the usual limit.
    pub max_intermediates: Option<usize>,
}

/// What a certificate is used for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Purpose {
    /// Anything: usages are not asked.
    #[default]
    Any,
    /// Signing documents.
    Documents,
    /// Signing mail.
    Mail,
    /// Proving a server's name.
    Server,
    /// Proving a client's name.
    Client,
    /// Signing programs.
    CodeSigning,
    /// Signing timestamps (RFC 3161 §2.3).
    TimeStamping,
    /// Signing answers about revocation (RFC 6960 §4.2.2.2).
    OcspSigning,
    /// Signing revocation lists (RFC 5280 §6.3.3 (f)).
    CrlSigning,
}

/// Whose certificate is expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExpectedName {
    /// A host name: A-labels or letters of any script.
    Host(String),
    /// A mail address.
    Mail(String),
    /// An address of the Internet Protocol: 4 or 16 octets.
    Ip(Vec<u8>),
}

/// The inputs of RFC 5280 §6.1.1 (c), (e), (f), (g) about policies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PolicyRequirements {
    /// `user-initial-policy-set`: OIDs of which one has to be valid for the path; empty is any-policy.
    pub acceptable: Vec<String>,
    /// `initial-explicit-policy`: the path has to be valid for one of them.
    pub explicit: bool,
    /// `initial-policy-mapping-inhibit`
    pub inhibit_mapping: bool,
    /// `initial-any-policy-inhibit`
    pub inhibit_any: bool,
}
