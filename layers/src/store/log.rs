//! SQLite's log of a file's last changes, looked over before SQLite reads it.
//!
//! SQLite takes a log for ended at the first frame whose checksum is wrong: so it must after a power cut, when the last transaction was half
//! written. But a bit that flips further up would end it there as well, and with it transactions that were acknowledged. What tells the two
//! apart is what comes behind: a transaction is only begun when the one before it is on the disk.
//! The format: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.

use super::error::Damage;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

const HEAD: usize = 32;
const FRAME_HEAD: usize = 24;
/// The first four bytes, but for the last bit, which says how the words of a checksum are written.
const MAGIC: u32 = 0x377f_0682;

/// Refuses a log in which something is wrong before its last transaction.
pub(super) fn check(path: &Path) -> Result<(), Damage> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        bytes => bytes.map_err(|error: io::Error| Damage::file(format_args!("its log: {error}")))?,
    };
    match lost(&bytes) {
        None => Ok(()),
        Some(frame) => {
            Err(Damage::file(format_args!("frame {frame} of its log is not what was written, and transactions follow it")))
        }
    }
}

/// Number of the frame (0: the head) that ends a log in which there is more.
fn lost(bytes: &[u8]) -> Option<usize> {
    let (head, frames) = bytes.split_at_checked(HEAD)?;
    // A log that was just begun when the power went: its head comes to the disk before anything else.
    if head.iter().all(|byte| *byte == 0) {
        return None;
    }
    let order = Order::of(word(head, 0)?).filter(|order| order.sum((0, 0), head.get(..24).unwrap_or_default()) == pair(head, 24));
    let (Some(order), Some(page)) = (order, word(head, 8)) else { return (!frames.is_empty()).then_some(0) };
    let frames: Vec<Frame<'_>> = frames.chunks_exact(FRAME_HEAD + page as usize).map_while(Frame::read).collect();
    let salt = pair(head, 16);
    let sums = std::iter::once(pair(head, 24)).chain(frames.iter().map(|frame| Some(frame.sum)));
    // Which frames follow from what the one before says of itself, whether or not that is right.
    let follows: Vec<bool> = frames
        .iter()
        .zip(sums)
        .map(|(frame, before)| Some(frame.salt) == salt && before.is_some_and(|sum| frame.follows(order, sum)))
        .collect();
    let end = follows.iter().position(|follows| !follows)?;
    let acknowledged = |(number, frame): (usize, &Frame<'_>)| {
        frame.commits && Some(frame.salt) == salt && follows.get(number + 1).copied().unwrap_or(false)
    };
    frames.iter().enumerate().skip(end).any(acknowledged).then_some(end + 1)
}

/// A page as a transaction left it.
struct Frame<'a> {
    /// Page number and whether the transaction ends here, as they are summed.
    head: &'a [u8],
    page: &'a [u8],
    commits: bool,
    salt: (u32, u32),
    /// Over everything up to here.
    sum: (u32, u32),
}

impl<'a> Frame<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, page) = bytes.split_at_checked(FRAME_HEAD)?;
        Some(Self { head: head.get(..8)?, page, commits: word(head, 4)? != 0, salt: pair(head, 8)?, sum: pair(head, 16)? })
    }

    fn follows(&self, order: Order, before: (u32, u32)) -> bool {
        order.sum(order.sum(before, self.head).unwrap_or_default(), self.page) == Some(self.sum)
    }
}

/// How the words of a checksum are written.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn of(magic: u32) -> Option<Self> {
        match magic ^ MAGIC {
            0 => Some(Self::Little),
            1 => Some(Self::Big),
            _ => None,
        }
    }

    /// SQLite's checksum, going on from one; `None` if the bytes are not whole pairs of words.
    fn sum(self, (mut one, mut two): (u32, u32), bytes: &[u8]) -> Option<(u32, u32)> {
        let (words, rest) = bytes.as_chunks::<4>();
        let (pairs, odd) = words.as_chunks::<2>();
        let read = |word: [u8; 4]| match self {
            Self::Little => u32::from_le_bytes(word),
            Self::Big => u32::from_be_bytes(word),
        };
        for [first, second] in pairs {
            one = one.wrapping_add(read(*first)).wrapping_add(two);
            two = two.wrapping_add(read(*second)).wrapping_add(one);
        }
        (rest.is_empty() && odd.is_empty()).then_some((one, two))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn pair(bytes: &[u8], at: usize) -> Option<(u32, u32)> {
    Some((word(bytes, at)?, word(bytes, at + 4)?))
}
