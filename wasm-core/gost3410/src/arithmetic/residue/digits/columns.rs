//! Products of numbers in digits, column by column: a column is the sum of all products of digits that count
//! `2^(29·place)`, and is not carried to the next.

/// Room for the product of two numbers of at most eighteen digits.
pub(super) type Columns = [i64; 36];

/// Nine digits, or half of eighteen.
type Nine = [i64; 9];

/// `x·y`, of 9 digits each for `N = 4` and of 18 for 8.
#[inline(always)]
pub(super) const fn product<const N: usize>(x: &[i32], y: &[i32]) -> Columns {
    let (x_low, y_low) = (nine(x, 0), nine(y, 0));
    let low = nine_by_nine(&x_low, &y_low);
    if N == 4 {
        return widened(&low);
    }
    let (x_high, y_high) = (nine(x, 9), nine(y, 9));
    let high = nine_by_nine(&x_high, &y_high);
    let mixed = nine_by_nine(&difference(&x_low, &x_high), &difference(&y_low, &y_high));
    joined(&low, &mixed, &high)
}

/// `x²`, likewise.
#[inline(always)]
pub(super) const fn square<const N: usize>(x: &[i32]) -> Columns {
    let x_low = nine(x, 0);
    let low = nine_squared(&x_low);
    if N == 4 {
        return widened(&low);
    }
    let x_high = nine(x, 9);
    let high = nine_squared(&x_high);
    let mixed = nine_squared(&difference(&x_low, &x_high));
    joined(&low, &mixed, &high)
}

/// A column for each place, written out: of a loop the compiler keeps the columns in memory.
macro_rules! columns {
    ($place:ident => $column:expr) => {
        columns!($place => $column; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    };
    ($place:ident => $column:expr; $($number:literal)*) => {
        [$({ let $place = $number; $column }),*]
    };
}

#[inline(always)]
const fn nine_by_nine(x: &Nine, y: &Nine) -> [i64; 17] {
    columns!(place => column(x, y, place))
}

#[inline(always)]
const fn nine_squared(x: &Nine) -> [i64; 17] {
    columns!(place => column_of_square(x, place))
}

#[inline(always)]
const fn column(x: &Nine, y: &Nine, place: usize) -> i64 {
    let mut sum = 0i64;
    let mut i = place.saturating_sub(8);
    while i <= place && i < 9 {
        sum = sum.wrapping_add(x[i] * y[place - i]);
        i += 1;
    }
    sum
}

/// The same, where each mixed product is computed once.
#[inline(always)]
const fn column_of_square(x: &Nine, place: usize) -> i64 {
    let mut sum = 0i64;
    let mut i = place.saturating_sub(8);
    while 2 * i < place {
        sum = sum.wrapping_add(x[i] * x[place - i]);
        i += 1;
    }
    sum = sum.wrapping_add(sum);
    if 2 * i == place {
        sum = sum.wrapping_add(x[i] * x[i]);
    }
    sum
}

#[inline(always)]
const fn widened(low: &[i64; 17]) -> Columns {
    let mut columns = [0; 36];
    let mut i = 0;
    while i < 17 {
        columns[i] = low[i];
        i += 1;
    }
    columns
}

/// What the products of the lower halves, of the upper ones and of the differences of the two come to (Karatsuba): the
/// sums are right modulo 2^64, and what they come to is less.
#[inline(always)]
const fn joined(low: &[i64; 17], mixed: &[i64; 17], high: &[i64; 17]) -> Columns {
    let mut columns = widened(low);
    let mut i = 0;
    while i < 17 {
        let middle = low[i].wrapping_add(high[i]).wrapping_sub(mixed[i]);
        columns[9 + i] = columns[9 + i].wrapping_add(middle);
        columns[18 + i] = columns[18 + i].wrapping_add(high[i]);
        i += 1;
    }
    columns
}

#[inline(always)]
const fn nine(digits: &[i32], start: usize) -> Nine {
    let mut nine = [0; 9];
    let mut i = 0;
    while i < 9 {
        nine[i] = digits[start + i] as i64;
        i += 1;
    }
    nine
}

#[inline(always)]
const fn difference(x: &Nine, y: &Nine) -> Nine {
    let mut difference = [0; 9];
    let mut i = 0;
    while i < 9 {
        difference[i] = x[i] - y[i];
        i += 1;
    }
    difference
}
