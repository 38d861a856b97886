//! Lists of plain numbers in a file: each its length, then its bytes as they are in memory, little-endian; counted and digested on the way.
//!
//! Nothing is set aside for a list before it is known that the file is long enough for it.

use super::PreparedError;
use bytemuck::{NoUninit, Pod};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use xxhash_rust::xxh3::Xxh3Default;

/// Bytes moved and digested at a time: they are still in the processor's cache for the second.
const AT_ONCE: usize = 1 << 18;

/// A stretch of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Section {
    pub(super) bytes: u64,
    digest: u64,
}

/// A section under way to a file.
pub(super) struct Sink<'a> {
    to: &'a mut dyn Write,
    digest: Xxh3Default,
    bytes: u64,
    /// Set by somebody who wants the writing to end early.
    stopped: &'a AtomicBool,
}

impl<'a> Sink<'a> {
    pub(super) fn new(to: &'a mut dyn Write, stopped: &'a AtomicBool) -> Self {
        Self { to, digest: Xxh3Default::new(), bytes: 0, stopped }
    }

    /// Writes a list.
    pub(super) fn list<T: NoUninit>(&mut self, list: &[T]) -> io::Result<()> {
        self.raw(&(list.len() as u64).to_le_bytes())?;
        self.raw(bytemuck::cast_slice(list))
    }

    /// Writes bytes as they are.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.chunks(AT_ONCE) {
            if self.stopped.load(Ordering::Relaxed) {
                return Err(io::Error::other("the server is stopping"));
            }
            self.digest.update(part);
            self.to.write_all(part)?;
            self.bytes += part.len() as u64;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Section {
        Section { bytes: self.bytes, digest: self.digest.digest() }
    }
}

/// A section being read.
pub(super) struct Reading<'a> {
    file: &'a File,
    at: u64,
    left: u64,
    digest: Xxh3Default,
    expected: u64,
}

impl<'a> Reading<'a> {
    /// The section that begins at a byte of the file; whoever calls has seen that the file is long enough.
    pub(super) fn new(file: &'a File, at: u64, section: Section) -> Self {
        Self { file, at, left: section.bytes, digest: Xxh3Default::new(), expected: section.digest }
    }

    /// Reads the next list.
    pub(super) fn list<T: Pod>(&mut self) -> Result<Vec<T>, PreparedError> {
        let mut length = [0; 8];
        self.raw(&mut length)?;
        let bytes = u64::from_le_bytes(length).checked_mul(size_of::<T>() as u64).filter(|bytes| *bytes <= self.left);
        let length = bytes.and_then(|bytes| usize::try_from(bytes).ok()).ok_or(PreparedError::Broken("a list is too long"))?;
        let list = bytemuck::allocation::try_zeroed_vec(length / size_of::<T>());
        let mut list = list.map_err(|()| PreparedError::Io(io::ErrorKind::OutOfMemory.into()))?;
        self.raw(bytemuck::cast_slice_mut(&mut list))?;
        Ok(list)
    }

    /// Fills bytes with what comes next.
    pub(super) fn raw(&mut self, bytes: &mut [u8]) -> Result<(), PreparedError> {
        if bytes.len() as u64 > self.left {
            return Err(PreparedError::Broken("a section is too short"));
        }
        for part in bytes.chunks_mut(AT_ONCE) {
            self.file.read_exact_at(part, self.at)?;
            self.digest.update(part);
            self.at += part.len() as u64;
            self.left -= part.len() as u64;
        }
        Ok(())
    }

    /// Nothing that was read may be used before this.
    pub(super) fn finish(self) -> Result<(), PreparedError> {
        match self.left == 0 && self.digest.digest() == self.expected {
            true => Ok(()),
            false => Err(PreparedError::Broken("its checksum is wrong")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Seek;

    fn written(lists: impl FnOnce(&mut Sink<'_>) -> io::Result<()>) -> (File, Section) {
        let (mut file, stopped) = (tempfile::tempfile().unwrap(), AtomicBool::new(false));
        file.seek(io::SeekFrom::Start(5)).unwrap();
        let mut sink = Sink::new(&mut file, &stopped);
        lists(&mut sink).unwrap();
        let section = sink.finish();
        (file, section)
    }

    #[test]
    fn lists_come_back_in_their_order() {
        let long: Vec<[u32; 3]> = (0..100_000).map(|number| [number, 7, u32::MAX]).collect();
        let (file, section) = written(|sink| {
            sink.list(&long)?;
            sink.list::<u8>(&[])?;
            sink.list(&[1.5f64])
        });
        assert_eq!(section.bytes, 3 * 8 + 1_200_000 + 8);
        let mut reading = Reading::new(&file, 5, section);
        assert_eq!(reading.list::<[u32; 3]>().unwrap(), long);
        assert_eq!((reading.list::<u8>().unwrap(), reading.list::<f64>().unwrap()), (vec![], vec![1.5]));
        reading.finish().unwrap();
    }

    #[test]
    fn a_length_that_cannot_be_is_refused_before_room_is_made() {
        for length in [u64::MAX, 1 << 61, 1 << 40, 2] {
            let (file, section) = written(|sink| sink.raw(&length.to_le_bytes()).and_then(|()| sink.raw(&[0; 15])));
            assert!(matches!(Reading::new(&file, 5, section).list::<u64>(), Err(PreparedError::Broken(_))), "{length}");
        }
    }

    #[test]
    fn a_section_must_be_read_to_its_end_and_be_what_was_written() {
        let (file, section) = written(|sink| sink.list(&[1u32, 2]));
        assert!(Reading::new(&file, 5, section).finish().is_err());
        file.write_all_at(&[9], 5 + 8).unwrap();
        let mut reading = Reading::new(&file, 5, section);
        assert_eq!(reading.list::<u32>().unwrap(), [9, 2]);
        assert!(reading.finish().is_err());
    }

    #[test]
    fn writing_ends_when_it_is_told_to() {
        let (mut nowhere, stopped) = (io::sink(), AtomicBool::new(true));
        assert!(Sink::new(&mut nowhere, &stopped).list(&[1u8]).is_err());
    }
}
