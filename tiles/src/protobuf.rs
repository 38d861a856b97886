//! The wire format of protobuf, as far as tiles and glyphs need it: fields are appended to bytes, or written from their end.

use std::ops::Range;

/// How a field's bytes are laid out (wire types).
pub(crate) const VARINT: u8 = 0;
pub(crate) const EIGHT_BYTES: u8 = 1;
pub(crate) const LENGTH: u8 = 2;

/// What stands before a field. Numbers are below 16, so that this takes one byte.
pub(crate) fn field(number: u8, wire: u8, out: &mut Vec<u8>) {
    out.push(number << 3 | wire);
}

/// A field of bytes, text or another message.
pub(crate) fn framed(number: u8, bytes: &[u8], out: &mut Vec<u8>) {
    field(number, LENGTH, out);
    varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Bytes of a framed field of so many bytes.
pub(crate) fn framed_bytes(length: usize) -> usize {
    1 + varint_bytes(length as u64) + length
}

/// Seven bits a byte, lowest first; the high bit says that more follow.
pub(crate) fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn varint_bytes(number: u64) -> usize {
    (64 - (number | 1).leading_zeros()).div_ceil(7) as usize
}

/// Writes fields into room that was left for them, the last one first: by then it is known how long what follows is.
pub(crate) struct Backwards<'a> {
    pub(crate) bytes: &'a mut [u8],
    /// Where what was written last begins.
    pub(crate) at: usize,
}

impl Backwards<'_> {
    fn byte(&mut self, byte: u8) {
        self.at -= 1;
        if let Some(place) = self.bytes.get_mut(self.at) {
            *place = byte;
        }
    }

    pub(crate) fn field(&mut self, number: u8, wire: u8) {
        self.byte(number << 3 | wire);
    }

    pub(crate) fn varint(&mut self, number: u64) {
        let last = varint_bytes(number) - 1;
        (0..=last).rev().for_each(|nth| self.byte((number >> (7 * nth)) as u8 & 0x7f | u8::from(nth < last) << 7));
    }

    /// Bytes from elsewhere, which lie before this.
    pub(crate) fn move_here(&mut self, bytes: Range<usize>) {
        self.at -= bytes.len();
        self.bytes.copy_within(bytes, self.at);
    }
}

/// Small for small numbers of either sign.
pub(crate) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_backwards_reads_as_what_is_appended(numbers in proptest::collection::vec((any::<u64>(), 0u32..64), 1..8)) {
            let numbers: Vec<u64> = numbers.iter().map(|(number, shift)| number >> shift).collect();
            let mut appended = Vec::new();
            for &number in &numbers {
                field(3, VARINT, &mut appended);
                varint(number, &mut appended);
            }
            let mut bytes = [7; 100];
            let mut before = Backwards { at: bytes.len(), bytes: &mut bytes };
            for &number in numbers.iter().rev() {
                before.varint(number);
                before.field(3, VARINT);
            }
            prop_assert_eq!(&before.bytes[before.at..], &appended[..]);
            prop_assert!(before.bytes[..before.at].iter().all(|byte| *byte == 7));
        }
    }
}
