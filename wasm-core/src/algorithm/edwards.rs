//! Arithmetic on the two Edwards curves of RFC 8032, for verification: all input is public, so its time may
//! depend on it.

use super::residue::{Modulus, Residue, modulus, residue};
use crypto_bigint::U512;

/// A curve ax² + y² = 1 + dx²y² in the hexadecimal digits of RFC 8032.
pub(super) struct Parameters {
    /// Of an encoded point, in bytes; the sign of x is its highest bit.
    pub(super) size: usize,
    p: &'static str,
    a: &'static str,
    d: &'static str,
    /// The base point.
    x: &'static str,
    y: &'static str,
    /// Its order.
    order: &'static str,
}

/// §5.1
pub(super) static ED25519: Parameters = Parameters {
    size: 32,
    p: "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
    a: "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
    d: "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3",
    x: "216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a",
    y: "6666666666666666666666666666666666666666666666666666666666666658",
    order: "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed",
};

/// §5.2
pub(super) static ED448: Parameters = Parameters {
    size: 57,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    a: "1",
    d: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffff6756",
    x: "4f1970c66bed0ded221d15a622bf36da9e146570470f1767ea6de324a3d3a46412ae1af72ab66511433b80e18b00938e2626a82bc70cc05e",
    y: "693f46716eb6bc248876203756c9c7624bea73736ca3984087789c1e05a0c2d73ad3ff1ce67c39c4fdbd132c4ed7c8ad9808795bf230fa14",
    order: "3fffffffffffffffffffffffffffffffffffffffffffffffffffffff7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3",
};

/// A curve ready for arithmetic.
pub(super) struct Curve {
    size: usize,
    field: Modulus,
    order: Modulus,
    a: Residue,
    d: Residue,
    base: Point,
}

/// In projective coordinates: (X/Z, Y/Z).
#[derive(Clone, Copy)]
pub(super) struct Point {
    x: Residue,
    y: Residue,
    z: Residue,
}

impl Curve {
    pub(super) fn new(parameters: &Parameters) -> Option<Self> {
        let field = modulus(parameters.p)?;
        let residue = |digits| residue(digits, &field);
        Some(Self {
            size: parameters.size,
            order: modulus(parameters.order)?,
            a: residue(parameters.a)?,
            d: residue(parameters.d)?,
            base: Point {
                x: residue(parameters.x)?,
                y: residue(parameters.y)?,
                z: Residue::one(&field),
            },
            field,
        })
    }

    /// The little-endian number modulo the order, however long it is.
    pub(super) fn reduced(&self, bytes: &[u8]) -> U512 {
        let radix = Residue::new(&U512::from_u16(256), &self.order);
        let digit = |byte: &u8| Residue::new(&U512::from_u8(*byte), &self.order);
        let number = bytes
            .iter()
            .rev()
            .fold(Residue::zero(&self.order), |sum, byte| {
                sum.mul(&radix).add(&digit(byte))
            });
        number.retrieve()
    }

    /// The little-endian number, if it is below the order.
    pub(super) fn scalar(&self, bytes: &[u8]) -> Option<U512> {
        from_le(bytes).filter(|number| number < self.order.modulus().as_ref())
    }

    /// §5.1.3, §5.2.3
    pub(super) fn decode(&self, encoded: &[u8]) -> Option<Point> {
        if encoded.len() != self.size {
            return None;
        }
        let (last, rest) = encoded.split_last()?;
        let sign = last & 0x80 != 0;
        let y = from_le(&[rest, &[last & 0x7f]].concat())?;
        if y >= *self.field.modulus().as_ref() {
            return None;
        }
        let y = Residue::new(&y, &self.field);
        let (one, yy) = (Residue::one(&self.field), y.square());
        let below = Option::<Residue>::from(self.a.sub(&self.d.mul(&yy)).invert_vartime())?;
        let x = self.root(&one.sub(&yy).mul(&below))?;
        if x == Residue::zero(&self.field) && sign {
            return None;
        }
        let x = if x.retrieve().bit_vartime(0) == sign {
            x
        } else {
            x.neg()
        };
        Some(Point { x, y, z: one })
    }

    /// §5.1.2, §5.2.2
    pub(super) fn encode(&self, point: &Point) -> Option<Vec<u8>> {
        let inverse = Option::<Residue>::from(point.z.invert_vartime())?;
        let [x, y] = [point.x, point.y].map(|it| it.mul(&inverse).retrieve());
        let mut encoded = y.to_le_bytes().as_ref().get(..self.size)?.to_vec();
        *encoded.last_mut()? |= if x.bit_vartime(0) { 0x80 } else { 0 };
        Some(encoded)
    }

    /// s·B − h·A
    pub(super) fn difference(&self, s: &U512, h: &U512, a: &Point) -> Point {
        let minus_a = Point { x: a.x.neg(), ..*a };
        let both = self.add(&self.base, &minus_a);
        let one = Residue::one(&self.field);
        let mut sum = Point {
            x: Residue::zero(&self.field),
            y: one,
            z: one,
        };
        for bit in (0..s.bits_vartime().max(h.bits_vartime())).rev() {
            sum = self.add(&sum, &sum);
            sum = match (s.bit_vartime(bit), h.bit_vartime(bit)) {
                (true, true) => self.add(&sum, &both),
                (true, false) => self.add(&sum, &self.base),
                (false, true) => self.add(&sum, &minus_a),
                (false, false) => sum,
            };
        }
        sum
    }

    /// Complete, since a is a square and d is none (Bernstein and others, "Twisted Edwards curves", §6).
    fn add(&self, one: &Point, other: &Point) -> Point {
        let z = one.z.mul(&other.z);
        let zz = z.square();
        let (c, d) = (one.x.mul(&other.x), one.y.mul(&other.y));
        let e = self.d.mul(&c).mul(&d);
        let (f, g) = (zz.sub(&e), zz.add(&e));
        let cross = one.x.add(&one.y).mul(&other.x.add(&other.y));
        Point {
            x: z.mul(&f).mul(&cross.sub(&c).sub(&d)),
            y: z.mul(&g).mul(&d.sub(&self.a.mul(&c))),
            z: f.mul(&g),
        }
    }

    /// A square root; the prime is 3 modulo 4 or 5 modulo 8.
    fn root(&self, square: &Residue) -> Option<Residue> {
        let p = self.field.modulus().as_ref();
        if p.bit_vartime(1) {
            let exponent = p.wrapping_add(&U512::ONE).shr(2);
            let root = square.pow_vartime(&exponent);
            return (root.square() == *square).then_some(root);
        }
        let exponent = p.wrapping_add(&U512::from_u8(3)).shr(3);
        let root = square.pow_vartime(&exponent);
        if root.square() == *square {
            return Some(root);
        }
        // times a root of −1
        let two = Residue::new(&U512::from_u8(2), &self.field);
        let root = root.mul(&two.pow_vartime(&p.wrapping_sub(&U512::ONE).shr(2)));
        (root.square() == *square).then_some(root)
    }
}

/// A little-endian number of at most 512 bits.
fn from_le(bytes: &[u8]) -> Option<U512> {
    let mut padded = [0; 64];
    padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(U512::from_le_slice(&padded))
}
