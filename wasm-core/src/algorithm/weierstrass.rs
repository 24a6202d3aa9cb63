//! ECDSA verification (FIPS 186-5 §6.4.2) on any curve y² = x³ + ax + b over a prime field of at most 512 bits whose
//! prime is 3 modulo 4. There is no crate for brainpoolP512r1, and this one piece of arithmetic serves all the curves that
//! are only verified with. All input is public, so its time may depend on it.

use super::{
    SignatureError,
    residue::{Modulus, Residue, modulus, residue},
};
use crypto_bigint::U512;
use der::{Decode as _, Sequence, asn1::UintRef};

/// A curve in the hexadecimal digits of its standard.
pub(super) struct Parameters {
    /// Of a coordinate and of the order, in bytes.
    size: usize,
    /// The prime of the field.
    p: &'static str,
    a: &'static str,
    b: &'static str,
    /// The base point.
    x: &'static str,
    y: &'static str,
    /// Its order, of as many bits as `size` has.
    n: &'static str,
}

/// brainpoolP256r1 (RFC 5639 §3.4).
pub(super) static BRAINPOOL_P256R1: Parameters = Parameters {
    size: 32,
    p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
    a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
    b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
    x: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
    y: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
    n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
};

/// brainpoolP256t1 (RFC 5639 §3.4, the twisted form).
pub(super) static BRAINPOOL_P256T1: Parameters = Parameters {
    size: 32,
    p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
    a: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5374",
    b: "662c61c430d84ea4fe66a7733d0b76b7bf93ebc4af2f49256ae58101fee92b04",
    x: "a3e8eb3cc1cfe7b7732213b23a656149afa142c47aafbc2b79a191562e1305f4",
    y: "2d996c823439c56d7f7b22e14644417e69bcb6de39d027001dabe8f35b25c9be",
    n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
};

/// brainpoolP384r1 (RFC 5639 §3.6).
pub(super) static BRAINPOOL_P384R1: Parameters = Parameters {
    size: 48,
    p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
    a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
    b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
    x: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
    y: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
    n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
};

/// brainpoolP384t1 (RFC 5639 §3.6, the twisted form).
pub(super) static BRAINPOOL_P384T1: Parameters = Parameters {
    size: 48,
    p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
    a: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec50",
    b: "7f519eada7bda81bd826dba647910f8c4b9346ed8ccdc64e4b1abd11756dce1d2074aa263b88805ced70355a33b471ee",
    x: "18de98b02db9a306f2afcd7235f72a819b80ab12ebd653172476fecd462aabffc4ff191b946a5f54d8d0aa2f418808cc",
    y: "25ab056962d30651a114afd2755ad336747f93475b7a1fca3b88f2b6a208ccfe469408584dc2b2912675bf5b9e582928",
    n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
};

/// brainpoolP512r1 (RFC 5639 §3.7).
pub(super) static BRAINPOOL_P512R1: Parameters = Parameters {
    size: 64,
    p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
    a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
    b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
    x: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
    y: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
    n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
};

/// brainpoolP512t1 (RFC 5639 §3.7, the twisted form).
pub(super) static BRAINPOOL_P512T1: Parameters = Parameters {
    size: 64,
    p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
    a: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f0",
    b: "7cbbbcf9441cfab76e1890e46884eae321f70c0bcb4981527897504bec3e36a62bcdfa2304976540f6450085f2dae145c22553b465763689180ea2571867423e",
    x: "640ece5c12788717b9c1ba06cbc2a6feba85842458c56dde9db1758d39c0313d82ba51735cdb3ea499aa77a7d6943a64f7a3f25fe26f06b51baa2696fa9035da",
    y: "5b534bd595f5af0fa2c892376c84ace1bb4e3019b71634c01131159cae03cee9d9932184beef216bd71df2dadf86a627306ecff96dbb8bace198b61e00f8b332",
    n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
};

/// secp256k1 (SEC 2 §2.4.1).
pub(super) static SECP256K1: Parameters = Parameters {
    size: 32,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
    a: "0000000000000000000000000000000000000000000000000000000000000000",
    b: "0000000000000000000000000000000000000000000000000000000000000007",
    x: "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    y: "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
    n: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
};

/// RFC 3279 §2.2.3
/// ```text
/// Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// Whether `signature` (DER) is one of `digest` by the key at `point` (SEC 1 §2.3.3).
///
/// # Errors
/// [`SignatureError::Invalid`]: it is not. [`SignatureError::Unsupported`]: there is no such point.
pub(super) fn verify(
    parameters: &Parameters,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let curve = Curve::new(parameters).ok_or(SignatureError::Unsupported)?;
    let key = curve.decode(point).ok_or(SignatureError::Unsupported)?;
    let signature = EcdsaSignature::from_der(signature).map_err(|_| SignatureError::Invalid)?;
    let [r, s] = [signature.r, signature.s].map(|number| curve.scalar(number.as_bytes()));
    let (r, s) = r.zip(s).ok_or(SignatureError::Invalid)?;
    // The leftmost bits of a digest longer than the order
    let digest = digest.get(..parameters.size).unwrap_or(digest);
    let order = &curve.order;
    let e = Residue::new(&from_be(digest).ok_or(SignatureError::Invalid)?, order);
    let inverse = Option::<Residue>::from(Residue::new(&s, order).invert_vartime());
    let inverse = inverse.ok_or(SignatureError::Invalid)?;
    let u1 = e.mul(&inverse).retrieve();
    let u2 = Residue::new(&r, order).mul(&inverse).retrieve();
    let sum = curve.sum_of_multiples((&u1, &curve.base), (&u2, &key));
    let x = sum.and_then(|sum| sum.x()).ok_or(SignatureError::Invalid)?;
    match Residue::new(&x, order).retrieve() == r {
        true => Ok(()),
        false => Err(SignatureError::Invalid),
    }
}

/// A curve ready for arithmetic.
struct Curve {
    size: usize,
    field: Modulus,
    order: Modulus,
    a: Residue,
    b: Residue,
    base: Point,
}

/// In Jacobian coordinates: (X/Z², Y/Z³). The point at infinity is none.
#[derive(Clone, Copy)]
struct Point {
    x: Residue,
    y: Residue,
    z: Residue,
}

impl Curve {
    fn new(parameters: &Parameters) -> Option<Self> {
        let field = modulus(parameters.p)?;
        let residue = |digits| residue(digits, &field);
        Some(Self {
            size: parameters.size,
            order: modulus(parameters.n)?,
            a: residue(parameters.a)?,
            b: residue(parameters.b)?,
            base: Point {
                x: residue(parameters.x)?,
                y: residue(parameters.y)?,
                z: Residue::one(&field),
            },
            field,
        })
    }

    /// A number from 1 to below the order.
    fn scalar(&self, bytes: &[u8]) -> Option<U512> {
        let number = from_be(bytes)?;
        let in_range = number != U512::ZERO && number < *self.order.modulus().as_ref();
        in_range.then_some(number)
    }

    /// A coordinate, below the prime.
    fn coordinate(&self, bytes: &[u8]) -> Option<Residue> {
        let number = from_be(bytes)?;
        (number < *self.field.modulus().as_ref()).then(|| Residue::new(&number, &self.field))
    }

    /// SEC 1 §2.3.4, but for the point at infinity.
    fn decode(&self, point: &[u8]) -> Option<Point> {
        let (form, coordinates) = point.split_first()?;
        let (x, y) = coordinates.split_at_checked(self.size)?;
        let x = self.coordinate(x)?;
        let right = x.square().add(&self.a).mul(&x).add(&self.b);
        let y = match form {
            4 => self.coordinate(y)?,
            2 | 3 if y.is_empty() => {
                // The prime is 3 modulo 4.
                let exponent = self
                    .field
                    .modulus()
                    .as_ref()
                    .wrapping_add(&U512::ONE)
                    .shr(2);
                let root = right.pow_vartime(&exponent);
                let odd = root.retrieve().bit_vartime(0);
                if odd == (*form == 3) {
                    root
                } else {
                    root.neg()
                }
            }
            _ => return None,
        };
        let z = Residue::one(&self.field);
        (y.square() == right).then_some(Point { x, y, z })
    }

    /// u·P + v·Q, both in one run over their bits.
    fn sum_of_multiples(&self, (u, p): (&U512, &Point), (v, q): (&U512, &Point)) -> Option<Point> {
        let both = self.add(Some(*p), Some(*q));
        let mut sum = None;
        for bit in (0..u.bits_vartime().max(v.bits_vartime())).rev() {
            sum = sum.and_then(|point| self.double(point));
            let summand = match (u.bit_vartime(bit), v.bit_vartime(bit)) {
                (true, true) => both,
                (true, false) => Some(*p),
                (false, true) => Some(*q),
                (false, false) => None,
            };
            sum = self.add(sum, summand);
        }
        sum
    }

    fn double(&self, Point { x, y, z }: Point) -> Option<Point> {
        if y == Residue::zero(&self.field) {
            return None;
        }
        let yy = y.square();
        let s = x.mul(&yy).double().double();
        let xx = x.square();
        let m = xx.double().add(&xx).add(&self.a.mul(&z.square().square()));
        let new_x = m.square().sub(&s.double());
        let eight_yyyy = yy.square().double().double().double();
        Some(Point {
            x: new_x,
            y: m.mul(&s.sub(&new_x)).sub(&eight_yyyy),
            z: y.mul(&z).double(),
        })
    }

    fn add(&self, one: Option<Point>, other: Option<Point>) -> Option<Point> {
        let (Some(one), Some(other)) = (one, other) else {
            return one.or(other);
        };
        let (zz1, zz2) = (one.z.square(), other.z.square());
        let (u1, u2) = (one.x.mul(&zz2), other.x.mul(&zz1));
        let s1 = one.y.mul(&zz2).mul(&other.z);
        let s2 = other.y.mul(&zz1).mul(&one.z);
        let (h, r) = (u2.sub(&u1), s2.sub(&s1));
        let zero = Residue::zero(&self.field);
        if h == zero {
            return if r == zero { self.double(one) } else { None };
        }
        let hh = h.square();
        let hhh = hh.mul(&h);
        let v = u1.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        Some(Point {
            x,
            y: r.mul(&v.sub(&x)).sub(&s1.mul(&hhh)),
            z: h.mul(&one.z).mul(&other.z),
        })
    }
}

impl Point {
    /// The affine x.
    fn x(&self) -> Option<U512> {
        let inverse = Option::<Residue>::from(self.z.invert_vartime())?;
        Some(self.x.mul(&inverse.square()).retrieve())
    }
}

/// A big-endian number; `None` if it has more than 512 bits.
fn from_be(bytes: &[u8]) -> Option<U512> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = bytes.get(zeros..)?;
    let mut padded = [0; 64];
    let start = padded.len().checked_sub(bytes.len())?;
    padded.get_mut(start..)?.copy_from_slice(bytes);
    Some(U512::from_be_slice(&padded))
}
