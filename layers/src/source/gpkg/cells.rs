//! A row's cells in one piece of bytes. They are taken along to another thread: pieces of many rows lie together there, where values of
//! their own would each be set aside by one thread and let go by another, with all of them in each other's way.

use rusqlite::Row;
use rusqlite::types::ValueRef;

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;

/// Adds the first cells of a row to its piece, each as what it is and eight bytes: the value, or how many bytes follow.
pub(super) fn put(row: &Row<'_>, count: usize, piece: &mut Vec<u8>) -> rusqlite::Result<()> {
    for number in 0..count {
        let (kind, word, more): (u8, [u8; 8], &[u8]) = match row.get_ref(number)? {
            ValueRef::Null => (NULL, [0; 8], &[]),
            ValueRef::Integer(whole) => (INTEGER, whole.to_le_bytes(), &[]),
            ValueRef::Real(number) => (REAL, number.to_le_bytes(), &[]),
            ValueRef::Text(bytes) => (TEXT, (bytes.len() as u64).to_le_bytes(), bytes),
            ValueRef::Blob(bytes) => (BLOB, (bytes.len() as u64).to_le_bytes(), bytes),
        };
        piece.push(kind);
        piece.extend_from_slice(&word);
        piece.extend_from_slice(more);
    }
    Ok(())
}

/// The cells of a piece, in their order.
pub(super) struct Cells<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Cells<'a> {
    type Item = ValueRef<'a>;

    fn next(&mut self) -> Option<ValueRef<'a>> {
        let (&[kind], rest) = self.0.split_first_chunk()?;
        let (&word, rest) = rest.split_first_chunk()?;
        let is_long = kind == TEXT || kind == BLOB;
        let (more, rest) = rest.split_at_checked(if is_long { usize::try_from(u64::from_le_bytes(word)).ok()? } else { 0 })?;
        self.0 = rest;
        Some(match kind {
            INTEGER => ValueRef::Integer(i64::from_le_bytes(word)),
            REAL => ValueRef::Real(f64::from_le_bytes(word)),
            TEXT => ValueRef::Text(more),
            BLOB => ValueRef::Blob(more),
            _ => ValueRef::Null,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn cells_come_back_as_they_were() {
        let database = Connection::open_in_memory().unwrap();
        let query =
            "SELECT NULL, -5, 9223372036854775807, 0.1, -0.0, 'Ségou', '', x'4750ff', x'', CAST(x'ff41' AS TEXT), 'left out'";
        let piece = |count| {
            let piece_of = |row: &Row<'_>| {
                let mut piece = Vec::new();
                put(row, count, &mut piece).map(|()| piece)
            };
            database.query_row(query, [], piece_of)
        };
        let cells = [
            ValueRef::Null,
            ValueRef::Integer(-5),
            ValueRef::Integer(i64::MAX),
            ValueRef::Real(0.1),
            ValueRef::Real(-0.0),
            ValueRef::Text("Ségou".as_bytes()),
            ValueRef::Text(b""),
            ValueRef::Blob(b"GP\xff"),
            ValueRef::Blob(b""),
            ValueRef::Text(b"\xffA"),
        ];
        let whole = piece(10).unwrap();
        assert_eq!(Cells(&whole).collect::<Vec<_>>(), cells);
        assert!(Cells(&[]).next().is_none());
        // A row has eleven.
        assert!(piece(12).is_err());
        // No end is gone beyond.
        for end in 0..whole.len() {
            assert!(Cells(&whole[..end]).count() < 10);
        }
    }
}
