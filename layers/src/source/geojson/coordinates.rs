//! JSON read straight from its text: names and kinds without escapes, and of coordinates nothing but brackets, commas and numbers, as nearly
//! all files have them.
//!
//! Whatever is different (such as something that is no number) is left to the JSON parser, which also knows what to say of it. A number of up to 15 digits is a whole number divided by a power of ten, both exact, so the quotient is the nearest floating point number
//! to the text (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990). One of up to 19 is divided in whole numbers, and rounded once.

use geo_types::Coord;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Powers of ten that floating point holds exactly, as many as are needed here.
const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// The same as whole numbers, as many as fit into 64 bits.
const WHOLE_TENS: [u64; 20] = whole_tens();
/// Digits that are surely exact as floating point, and in 64 bits.
const MOST_DIGITS: usize = 15;
const MOST_WHOLE_DIGITS: usize = 19;
/// Bytes of the shortest position and what stands beside it: how many there are at most.
const POSITION_BYTES: usize = 6;
/// Positions that a list has room for from the start: most lists have no more, and then are moved nowhere while they grow.
const MANY: usize = 64;

/// Coordinates that are about to be read, as one of the four things they can be.
pub(super) trait Coordinates {
    fn position(self) -> Option<Coord<f64>>;
    fn line(self) -> Option<Vec<Coord<f64>>>;
    fn lines(self) -> Option<Vec<Vec<Coord<f64>>>>;
    fn areas(self) -> Option<Vec<Vec<Vec<Coord<f64>>>>>;
}

/// Text being read.
pub(super) struct Plain<'a> {
    rest: &'a [u8],
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// The whole text as one value that `read` reads; `None` if anything is unusual.
    pub(super) fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let value = read(&mut self)?;
        self.blanks();
        self.rest.is_empty().then_some(value)
    }

    /// An object, each of whose members `one` reads by its name, which may not even be text.
    pub(super) fn object(&mut self, mut one: impl FnMut(&'a [u8], &mut Self) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            let name = self.quoted()?;
            self.take(b':')?;
            one(name, self)?;
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
        }
    }

    /// A text without escapes.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.quoted()?).ok()
    }

    /// The same, which may not even be text.
    fn quoted(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let length = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20))?;
        let (name, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.take(b'"')?;
        Some(name)
    }

    pub(super) fn null(&mut self) -> Option<()> {
        self.blanks();
        self.rest.strip_prefix(b"null").map(|rest| self.rest = rest)
    }

    /// Passes over a member that nobody wants; its name must be text all the same.
    pub(super) fn pass(&mut self, name: &[u8]) -> Option<()> {
        std::str::from_utf8(name).ok()?;
        self.json::<IgnoredAny>().map(drop)
    }

    /// Anything, as the JSON parser reads it.
    pub(super) fn json<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_slice(self.rest).into_iter();
        let value = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(value)
    }

    /// A list of what `one` reads, with room for some from the start.
    fn list<T>(&mut self, room: usize, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::with_capacity(room);
        self.take(b'[')?;
        if self.take(b']').is_some() {
            return Some(all);
        }
        loop {
            all.push(one(self)?);
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(all);
            }
        }
    }

    /// Two numbers, and others behind them that are passed over.
    fn position(&mut self) -> Option<Coord<f64>> {
        self.take(b'[')?;
        let x = self.number()?;
        self.take(b',')?;
        let y = self.number()?;
        while self.take(b',').is_some() {
            self.number()?;
        }
        self.take(b']')?;
        Some(Coord { x, y })
    }

    fn line(&mut self) -> Option<Vec<Coord<f64>>> {
        self.list(MANY.min(self.rest.len() / POSITION_BYTES), Self::position)
    }

    fn lines(&mut self) -> Option<Vec<Vec<Coord<f64>>>> {
        self.list(1, Self::line)
    }

    fn blanks(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        let (first, rest) = self.rest.split_first()?;
        (*first == byte).then(|| self.rest = rest)
    }

    fn number(&mut self) -> Option<f64> {
        self.blanks();
        let unsigned = self.rest.strip_prefix(b"-");
        let from = unsigned.unwrap_or(self.rest);
        let (whole, mut behind) = few_digits(from, 0);
        let before = from.len() - behind.len();
        let (mut number, mut after) = (whole, 0);
        if let [b'.', fraction @ ..] = behind {
            (number, behind) = digits(fraction, whole);
            after = fraction.len() - behind.len();
            if after == 0 {
                return None;
            }
        }
        if before == 0 || (before > 1 && from.first() == Some(&b'0')) {
            return None;
        }
        let mut has_exponent = false;
        if let [b'e' | b'E', exponent @ ..] = behind {
            has_exponent = true;
            let exponent = if let [b'+' | b'-', digits @ ..] = exponent { digits } else { exponent };
            (_, behind) = few_digits(exponent, 0);
            if behind.len() == exponent.len() {
                return None;
            }
        }
        let length = self.rest.len() - behind.len();
        let all = std::mem::replace(&mut self.rest, behind);
        if has_exponent || before + after > MOST_WHOLE_DIGITS {
            let text = std::str::from_utf8(all.get(..length)?).ok()?;
            return text.parse().ok().filter(|number: &f64| number.is_finite());
        }
        let number = if before + after > MOST_DIGITS {
            divided(number, *WHOLE_TENS.get(after)?)
        } else {
            // So few digits fit into a signed number, which becomes floating point in one step.
            number.cast_signed() as f64 / TENS.get(after)?
        };
        Some(if unsigned.is_some() { -number } else { number })
    }
}

const fn whole_tens() -> [u64; 20] {
    let mut tens = [1; 20];
    let mut power = 1;
    while power < tens.len() {
        tens[power] = 10 * tens[power - 1];
        power += 1;
    }
    tens
}

/// The floating point number nearest to a quotient, the even one of two. The divisor is not 0.
fn divided(whole: u64, by: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    // Both from the highest bit on, so that the quotient has 62 bits or 63: nine or ten more than a number keeps, the last of which tells
    // whether anything is left.
    let (above, below) = (whole.leading_zeros(), by.leading_zeros());
    let (dividend, divisor) = (u128::from(whole << above) << 62, u128::from(by << below));
    let quotient = (dividend / divisor) as u64 | u64::from(!dividend.is_multiple_of(divisor));
    let exponent = i64::from(below) - i64::from(above) - 62;
    quotient as f64 * f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// The number that goes on from `whole` with the digits at the beginning of a text (wrong if it needs more than 64 bits), and what is behind
/// them: one by one, for few.
fn few_digits(mut text: &[u8], mut whole: u64) -> (u64, &[u8]) {
    while let [digit @ b'0'..=b'9', behind @ ..] = text {
        whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        text = behind;
    }
    (whole, text)
}

/// The number that goes on from `whole`, as `few_digits` has it, but eight digits at a time: for many.
fn digits(mut text: &[u8], mut whole: u64) -> (u64, &[u8]) {
    while let Some(eight) = text.first_chunk() {
        let (number, count) = up_to_eight_digits(*eight);
        whole = whole.wrapping_mul(WHOLE_TENS[count]).wrapping_add(number);
        text = &text[count..];
        if count < eight.len() {
            return (whole, text);
        }
    }
    few_digits(text, whole)
}

/// The digits at the beginning of eight bytes as a number, and how many they are: four pairs at once, two numbers of these, one of both
/// (D. Lemire, Number Parsing at a Gigabyte per Second, 2021).
fn up_to_eight_digits(eight: [u8; 8]) -> (u64, usize) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let values = u64::from_le_bytes(eight) ^ (0x30 * EACH);
    let others = (values | values.wrapping_add(0x76 * EACH)) & (0x80 * EACH);
    let count = others.trailing_zeros() / u8::BITS;
    // Zeros in front instead of whatever is behind.
    let values = values.checked_shl(u64::BITS - u8::BITS * count).unwrap_or(0);
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    ((fours * 10_000 + (fours >> 32)) & 0xffff_ffff, count as usize)
}

impl Coordinates for &mut Plain<'_> {
    fn position(self) -> Option<Coord<f64>> {
        Plain::position(self)
    }

    fn line(self) -> Option<Vec<Coord<f64>>> {
        Plain::line(self)
    }

    fn lines(self) -> Option<Vec<Vec<Coord<f64>>>> {
        Plain::lines(self)
    }

    fn areas(self) -> Option<Vec<Vec<Vec<Coord<f64>>>>> {
        self.list(1, Plain::lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn positions(text: &str) -> Option<Vec<Coord<f64>>> {
        Plain::new(text.as_bytes()).whole(Plain::line)
    }

    #[test]
    fn plain_lists_are_read() {
        assert_eq!(positions("[]"), Some(vec![]));
        assert_eq!(
            positions(" [ [1,2] ,\n[-3.5 , 0.25, 7]\t] "),
            Some(vec![Coord { x: 1.0, y: 2.0 }, Coord { x: -3.5, y: 0.25 }])
        );
    }

    #[test]
    fn digits_are_read_up_to_the_first_byte_that_is_none() {
        for number in (0..100_000_000).step_by(9_973) {
            assert_eq!(up_to_eight_digits(format!("{number:08}").as_bytes().try_into().unwrap()), (number, 8));
        }
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            for (place, number) in [0, 9, 90, 909, 9_090, 90_909, 909_090, 9_090_909].into_iter().enumerate() {
                for behind in [byte, b'7', u8::MAX] {
                    let mut eight = *b"90909090";
                    eight[place..].fill(behind);
                    eight[place] = byte;
                    assert_eq!(up_to_eight_digits(eight), (number, place), "{eight:?}");
                }
            }
        }
    }

    #[test]
    fn quotients_are_rounded_once_and_to_even() {
        // Halfway between two numbers, and a little beside it.
        let half = (1u64 << 53) + 1;
        for whole in [half, half + 1, half - 1, half * 5, half * 5 + 1, half * 5 - 1, u64::MAX, 10_000_000_000_000_000_000, 1, 0]
        {
            for (power, tens) in WHOLE_TENS.into_iter().enumerate() {
                let expected: f64 = format!("{whole}e-{power}").parse().unwrap();
                assert_eq!(divided(whole, tens).to_bits(), expected.to_bits(), "{whole} {power}");
            }
        }
    }

    #[test]
    fn numbers_of_many_digits_are_read_here() {
        let numbers = ["-0", "-0.0", "0.1234567890123456", "-17.571761917892345", "177.5717619178923", "9999999999999999999"];
        let more = [
            "0.000000000000000000",
            "0.0000000000000000001",
            "-0.9007199254740993",
            "12345678.12345678",
            "0.00000000000000000000001",
        ];
        for text in numbers.into_iter().chain(more) {
            let expected: f64 = text.parse().unwrap();
            // At the end of the text, too, where fewer than eight bytes are left.
            for (list, at) in [(format!("[[{text},0]]"), 0), (format!("[[0,{text}]]"), 1)] {
                let read = positions(&list).unwrap()[0];
                assert_eq!([read.x, read.y][at].to_bits(), expected.to_bits(), "{list}");
            }
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_others() {
        for text in [
            "",
            "[",
            "[[1,2]",
            "[[1]]",
            "[[1,2],]",
            "[[1,2]]x",
            "[[1e,2]]",
            "[[1e+,2]]",
            "[[1e999,2]]",
            "[[01,2]]",
            "[[1.,2]]",
            "[[.5,2]]",
            "[[+1,2]]",
            "[[1,\"2\"]]",
            "[[1..5,2]]",
            "[[-,2]]",
            "[[null,2]]",
            "[1,2]",
        ] {
            assert_eq!(positions(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_those_that_the_json_parser_reads(whole in -999_999i64..=999_999, fraction in 0u64..1_000_000_000, width in 1usize..9) {
            for text in [format!("{whole}.{fraction:0width$}"), whole.to_string(), format!("-{}.{fraction}", whole.unsigned_abs())] {
                let expected: f64 = text.parse().unwrap();
                prop_assert_eq!(serde_json::from_str::<f64>(&text).unwrap().to_bits(), expected.to_bits());
                let read = positions(&format!("[[{text},0]]"));
                prop_assert!(read.is_none_or(|read| read[0].x.to_bits() == expected.to_bits()), "{}", text);
            }
            let usual = format!("[[{whole}.{:06},0]]", fraction % 1_000_000);
            prop_assert!(positions(&usual).is_some());
        }

        #[test]
        fn quotients_are_what_the_parser_reads(whole in any::<u64>(), less in 0..64, power in 0..=MOST_WHOLE_DIGITS) {
            let whole = whole >> less;
            let expected: f64 = format!("{whole}e-{power}").parse().unwrap();
            prop_assert_eq!(divided(whole, WHOLE_TENS[power]).to_bits(), expected.to_bits());
        }

        #[test]
        fn numbers_of_many_digits_are_the_same_too(number in -1e3f64..1e3, exponent in -30i32..30) {
            for text in [format!("{number}"), format!("{number}12345"), format!("{number:e}"), format!("{number:.6}E+{}", exponent.abs()), format!("{number}e{exponent}")] {
                let expected: f64 = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(positions(&format!("[[{text},0]]")).unwrap()[0].x.to_bits(), expected.to_bits(), "{}", text);
            }
        }
    }
}
