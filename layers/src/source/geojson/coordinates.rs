//! Coordinates read straight from their text: nothing but brackets, commas and plain decimals, as nearly all files have them.
//!
//! Whatever is different (exponents, many digits, something that is no number) is left to the JSON parser, which also knows what to say of it.
//! A number of up to 15 digits is a whole number divided by a power of ten, both exact, so the quotient is the nearest floating point number
//! to the text (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990).

use geo_types::Coord;

/// Powers of ten that floating point holds exactly, as many as are needed here.
const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Digits that are surely exact.
const MOST_DIGITS: usize = 15;

/// Text of coordinates being read.
pub(super) struct Plain<'a> {
    rest: &'a [u8],
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// The whole text as one value that `read` reads; `None` if anything is unusual.
    pub(super) fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let value = read(&mut self)?;
        self.blanks();
        self.rest.is_empty().then_some(value)
    }

    /// A list of what `one` reads.
    pub(super) fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
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
    pub(super) fn position(&mut self) -> Option<Coord<f64>> {
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
            let from = *at;
            while let Some(digit) = rest.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
                whole = whole.wrapping_mul(10).wrapping_add(digit.into());
                *at += 1;
            }
            *at - from
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
        let goes_on = matches!(self.rest.get(at), Some(b'e' | b'E' | b'.'));
        if before == 0 || after == Some(0) || before + after.unwrap_or(0) > MOST_DIGITS || leads_with_zero || goes_on {
            return None;
        }
        self.rest = self.rest.get(at..)?;
        let number = whole as f64 / TENS.get(after.unwrap_or(0))?;
        Some(if negative { -number } else { number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn positions(text: &str) -> Option<Vec<Coord<f64>>> {
        Plain::new(text).whole(|plain| plain.list(Plain::position))
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
    fn what_is_unusual_is_left_to_others() {
        for text in [
            "",
            "[",
            "[[1,2]",
            "[[1]]",
            "[[1,2],]",
            "[[1,2]]x",
            "[[1e2,2]]",
            "[[01,2]]",
            "[[1.,2]]",
            "[[.5,2]]",
            "[[+1,2]]",
            "[[1,\"2\"]]",
            "[[1.0000000000000001,2]]",
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
    }
}
