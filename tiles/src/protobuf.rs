//! The wire format of protobuf, as far as tiles and glyphs need it: fields are appended to bytes.

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

/// Small for small numbers of either sign.
pub(crate) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}
