//! JSON read straight from its text: names and kinds without escapes, and of coordinates nothing but brackets, commas and numbers, as nearly
//! all files have them.
//!
//! Whatever is different (such as something that is no number) is left to the JSON parser, which also knows what to say of it. A number of up to 15 digits is a whole number divided by a power of ten, both exact, so the quotient is the nearest floating point number
//! to the text (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990).

use geo_types::Coord;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Powers of ten that floating point holds exactly, as many as are needed here.
const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Digits that are surely exact.
const MOST_DIGITS: usize = 15;
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
        let negative = matches!(self.rest, [b'-', ..]);
        let mut at = usize::from(negative);
        let (mut whole, start) = (0u64, at);
        let mut digits = |at: &mut usize, rest: &[u8]| {
            let count;
            (whole, count) = digits(rest.get(*at..).unwrap_or_default(), whole);
            *at += count;
            count
        };
        let before = digits(&mut at, self.rest);
        let after = match self.rest.get(at) {
            Some(b'.') => {
                at += 1;
                Some(digits(&mut at, self.rest))
            }
            _ => None,
        };
        let leads_with_zero = before > 1 && self.rest.get(start) == Some(&b'0');
        if before == 0 || after == Some(0) || leads_with_zero {
            return None;
        }
        let mut is_short = before + after.unwrap_or(0) <= MOST_DIGITS;
        if let Some(b'e' | b'E') = self.rest.get(at) {
            is_short = false;
            at += 1 + usize::from(matches!(self.rest.get(at + 1), Some(b'+' | b'-')));
            if digits(&mut at, self.rest) == 0 {
                return None;
            }
        }
        let (text, rest) = self.rest.split_at_checked(at)?;
        self.rest = rest;
        if !is_short {
            return std::str::from_utf8(text).ok()?.parse().ok().filter(|number: &f64| number.is_finite());
        }
        let number = whole as f64 / TENS.get(after.unwrap_or(0))?;
        Some(if negative { -number } else { number })
    }
}

/// The number that goes on from `whole` with the digits at the beginning of a text (wrong if it needs more than 64 bits), and how many they are.
fn digits(text: &[u8], mut whole: u64) -> (u64, usize) {
    let mut rest = text;
    while let Some((four, behind)) = rest.split_first_chunk()
        && let Some(number) = four_digits(*four)
    {
        whole = whole.wrapping_mul(10_000).wrapping_add(number.into());
        rest = behind;
    }
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        rest = behind;
    }
    (whole, text.len() - rest.len())
}

/// Four bytes as a number if all are digits: two pairs at once, and one number of both.
fn four_digits(four: [u8; 4]) -> Option<u32> {
    let values = u32::from_le_bytes(four) ^ 0x3030_3030;
    if (values | values.wrapping_add(0x7676_7676)) & 0x8080_8080 != 0 {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff;
    Some((pairs * 100 + (pairs >> 16)) & 0xffff)
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
    fn four_bytes_are_a_number_if_all_are_digits() {
        for number in 0..10_000 {
            assert_eq!(four_digits(format!("{number:04}").as_bytes().try_into().unwrap()), Some(number));
        }
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            for place in 0..4 {
                let mut four = *b"0909";
                four[place] = byte;
                assert_eq!(four_digits(four), None, "{four:?}");
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
        fn numbers_of_many_digits_are_the_same_too(number in -1e3f64..1e3, exponent in -30i32..30) {
            for text in [format!("{number}"), format!("{number}12345"), format!("{number:e}"), format!("{number:.6}E+{}", exponent.abs()), format!("{number}e{exponent}")] {
                let expected: f64 = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(positions(&format!("[[{text},0]]")).unwrap()[0].x.to_bits(), expected.to_bits(), "{}", text);
            }
        }
    }
}
