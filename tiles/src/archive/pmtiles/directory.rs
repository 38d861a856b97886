//! A directory: entries in the order of tile numbers, column by column in variable-length integers.

use super::super::ArchiveError;

/// Plain bytes of one directory, at most; a million entries need no more.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// Where a run of equal tiles is, or a directory of the next level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Number of the first tile.
    pub(super) id: u64,
    /// Within the tile data, or within the leaf directories.
    pub(super) offset: u64,
    /// Bytes.
    pub(super) length: u32,
    /// Tiles in a row that are this one; 0 = a directory.
    pub(super) run: u32,
}

/// The plain bytes of a directory.
pub(super) fn write(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 6 + 8);
    varint(&mut out, entries.len() as u64);
    let mut last = 0;
    for entry in entries {
        varint(&mut out, entry.id - last);
        last = entry.id;
    }
    entries.iter().for_each(|entry| varint(&mut out, u64::from(entry.run)));
    entries.iter().for_each(|entry| varint(&mut out, u64::from(entry.length)));
    let mut follows = None;
    for entry in entries {
        // Zero means: right after the one before.
        varint(&mut out, if follows == Some(entry.offset) { 0 } else { entry.offset + 1 });
        follows = Some(entry.offset + u64::from(entry.length));
    }
    out
}

/// Reads a directory; refuses what is cut off, out of order, or names nothing.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Entry>, ArchiveError> {
    let mut rest = bytes;
    let count = next(&mut rest)?;
    // Each entry takes four bytes at least, so a count alone cannot make us reserve more than the directory weighs.
    let count = usize::try_from(count)
        .ok()
        .filter(|count| *count <= rest.len() / 4)
        .ok_or_else(|| ArchiveError::Broken(format!("a directory of {} bytes is said to hold {count} entries", bytes.len())))?;
    let mut entries = vec![Entry { id: 0, offset: 0, length: 0, run: 0 }; count];
    let mut last: Option<u64> = None;
    for entry in &mut entries {
        let step = next(&mut rest)?;
        entry.id = last.unwrap_or(0).checked_add(step).filter(|_| step > 0 || last.is_none()).ok_or_else(out_of_order)?;
        last = Some(entry.id);
    }
    for entry in &mut entries {
        entry.run = narrow(next(&mut rest)?)?;
    }
    for entry in &mut entries {
        entry.length = narrow(next(&mut rest)?)?;
        if entry.length == 0 {
            return Err(ArchiveError::Broken(format!("a directory says that tile number {} has no bytes", entry.id)));
        }
    }
    let mut follows: Option<u64> = None;
    for entry in &mut entries {
        let offset = match next(&mut rest)? {
            0 => follows,
            above => Some(above - 1),
        };
        entry.offset = offset.ok_or_else(out_of_order)?;
        follows = entry.offset.checked_add(u64::from(entry.length));
    }
    Ok(entries)
}

/// The entry that says where a tile is: the last that begins at or before it, if its run reaches so far or it is a directory.
pub(super) fn find(entries: &[Entry], id: u64) -> Option<Entry> {
    let after = entries.partition_point(|entry| entry.id <= id);
    let entry = *entries.get(after.checked_sub(1)?)?;
    (entry.run == 0 || id - entry.id < u64::from(entry.run)).then_some(entry)
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn next(rest: &mut &[u8]) -> Result<u64, ArchiveError> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let Some((byte, tail)) = rest.split_first() else {
            return Err(ArchiveError::Broken("a directory is cut off".to_owned()));
        };
        *rest = tail;
        let part = u64::from(byte & 0x7f);
        if part << shift >> shift != part {
            break;
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(ArchiveError::Broken("a directory holds a number of more than 64 bits".to_owned()))
}

fn narrow(value: u64) -> Result<u32, ArchiveError> {
    u32::try_from(value).map_err(|_wide| ArchiveError::Broken(format!("a directory holds the length {value}, beyond 32 bits")))
}

fn out_of_order() -> ArchiveError {
    ArchiveError::Broken("the entries of a directory are not in order".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(id: u64, offset: u64, length: u32, run: u32) -> Entry {
        Entry { id, offset, length, run }
    }

    #[test]
    fn runs_and_directories_are_found() {
        let entries = [entry(5, 0, 10, 3), entry(9, 10, 1, 1), entry(20, 0, 99, 0)];
        assert_eq!(read(&write(&entries)).unwrap(), entries);
        let found = |id| find(&entries, id).map(|entry| entry.id);
        assert_eq!([4, 5, 7, 8, 9, 10, 20, 9_999].map(found), [None, Some(5), Some(5), None, Some(9), None, Some(20), Some(20)]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let says = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(says(&[]).contains("cut off"));
        assert!(says(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 1, 1]).contains("said to hold 4294967295"));
        assert!(says(&[2, 5, 0, 1, 1, 1, 1, 1, 0]).contains("order"));
        assert!(says(&[1, 5, 1, 0, 1]).contains("no bytes"));
        assert!(says(&[1, 5, 1, 1, 0]).contains("order"), "the first has none before it");
        assert!(says(&[0xff; 40]).contains("64 bits"));
    }

    proptest! {
        #[test]
        fn noise_is_read_or_refused_but_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(entries) = read(&bytes) {
                prop_assert!(entries.windows(2).all(|pair| pair[0].id < pair[1].id));
            }
        }
    }
}
