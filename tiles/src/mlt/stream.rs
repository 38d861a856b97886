//! Streams, of which columns are made: a head (what the numbers mean, how they are encoded, how many there are, in how many bytes) and the
//! numbers.
//!
//! Whole numbers are written in whichever of four ways is shortest: as they are, as steps from one to the next, and each of these as runs.
//! The format's other encodings (FastPFOR, FSST, dictionaries of vertices) take up to several times as long and leave less for the
//! compression on the way: with them, most tiles were smaller before it and larger after it.

use crate::protobuf::{varint, varint_bytes, zigzag};

// What a stream means: a category and, below it, which of its kinds.
pub(super) const PRESENT: u8 = 0x00;
pub(super) const DATA: u8 = 0x10;
pub(super) const DICTIONARY: u8 = 0x11;
pub(super) const VERTICES: u8 = 0x13;
pub(super) const PLACES_IN_DICTIONARY: u8 = 0x22;
pub(super) const LENGTHS: u8 = 0x30;
pub(super) const LENGTHS_OF_GEOMETRIES: u8 = 0x31;
pub(super) const LENGTHS_OF_PARTS: u8 = 0x32;
pub(super) const LENGTHS_OF_RINGS: u8 = 0x33;
pub(super) const LENGTHS_IN_DICTIONARY: u8 = 0x36;

// How it is encoded: two logical techniques, one after the other, and how the bytes lie.
const BYTES: u8 = 0;
const VARINTS: u8 = 2;
const STEPS: u8 = 1 << 5;
const STEPS_OF_PAIRS: u8 = 2 << 5;
const RUNS: u8 = 3 << 5;
const RUNS_OF_STEPS: u8 = STEPS | 3 << 2;

/// Copies that one run of bytes stands for: at least so many, at most so many.
const BYTE_RUN: [usize; 2] = [3, 130];
/// Bytes that stand for themselves behind one control byte.
const MOST_LITERALS: usize = 128;

/// How wide the whole numbers of a stream are. Steps between them wrap at that width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    U32,
    I32,
    U64,
    I64,
}

impl Width {
    fn plain(self, number: i64) -> u64 {
        match self {
            Self::U32 | Self::U64 => number.cast_unsigned(),
            Self::I32 | Self::I64 => zigzag(number),
        }
    }

    fn step(self, from: i64, to: i64) -> u64 {
        let step = to.wrapping_sub(from);
        match self {
            Self::U32 | Self::I32 => zigzag(i64::from(step as i32)),
            Self::U64 | Self::I64 => zigzag(step),
        }
    }
}

/// Whole numbers within their width.
pub(super) fn numbers(meaning: u8, width: Width, numbers: &[i64], out: &mut Vec<u8>) {
    let plain: Vec<u64> = numbers.iter().map(|&number| width.plain(number)).collect();
    let steps: Vec<u64> = [0].iter().chain(numbers).zip(numbers).map(|(&from, &to)| width.step(from, to)).collect();
    let in_a_row = |numbers: &[u64]| numbers.iter().map(|&number| varint_bytes(number)).sum::<usize>();
    let in_runs = |numbers: &[u64]| {
        let heads = varint_bytes(runs(numbers).count() as u64) + varint_bytes(numbers.len() as u64);
        heads + runs(numbers).map(|(length, number)| varint_bytes(length) + varint_bytes(number)).sum::<usize>()
    };
    let ways = [
        (in_a_row(&plain), BYTES, &plain),
        (in_a_row(&steps), STEPS, &steps),
        (in_runs(&plain), RUNS, &plain),
        (in_runs(&steps), RUNS_OF_STEPS, &steps),
    ];
    let [first, others @ ..] = ways;
    let (_, technique, shortest) = others.into_iter().fold(first, |best, next| if next.0 < best.0 { next } else { best });
    let mut bytes = Vec::new();
    if technique == RUNS || technique == RUNS_OF_STEPS {
        runs(shortest).for_each(|(length, _)| varint(length, &mut bytes));
        runs(shortest).for_each(|(_, number)| varint(number, &mut bytes));
        let count = runs(shortest).count();
        head(meaning, technique | VARINTS, 2 * count, bytes.len(), out);
        varint(count as u64, out);
        varint(shortest.len() as u64, out);
    } else {
        shortest.iter().for_each(|&number| varint(number, &mut bytes));
        head(meaning, technique | VARINTS, shortest.len(), bytes.len(), out);
    }
    out.extend_from_slice(&bytes);
}

/// Numbers that follow each other, as how often each comes.
fn runs(numbers: &[u64]) -> impl Iterator<Item = (u64, u64)> {
    numbers.chunk_by(PartialEq::eq).filter_map(|run| Some((run.len() as u64, *run.first()?)))
}

/// Positions, as steps from one to the next.
pub(super) fn positions(positions: &[[i32; 2]], out: &mut Vec<u8>) {
    let mut bytes = Vec::with_capacity(3 * positions.len());
    let mut last = [0; 2];
    for &position in positions {
        for (from, to) in last.into_iter().zip(position) {
            varint(Width::I32.step(i64::from(from), i64::from(to)), &mut bytes);
        }
        last = position;
    }
    head(VERTICES, STEPS_OF_PAIRS | VARINTS, 2 * positions.len(), bytes.len(), out);
    out.extend_from_slice(&bytes);
}

/// Truth values: bits from the lowest of each byte up, and bytes in runs as in ORC's byte run length encoding. Their head does not count runs.
pub(super) fn bits(meaning: u8, values: &[bool], out: &mut Vec<u8>) {
    let eight = |bits: &[bool]| bits.iter().rev().fold(0, |byte: u8, &bit| byte << 1 | u8::from(bit));
    let bytes: Vec<u8> = values.chunks(8).map(eight).collect();
    let [least, most] = BYTE_RUN;
    let (mut packed, mut literals) = (Vec::new(), Vec::new());
    for run in bytes.chunk_by(PartialEq::eq).flat_map(|run| run.chunks(most)) {
        match run {
            [byte, ..] if run.len() >= least => {
                write_literals(&mut literals, &mut packed);
                packed.extend([(run.len() - least) as u8, *byte]);
            }
            _ => literals.extend_from_slice(run),
        }
    }
    write_literals(&mut literals, &mut packed);
    head(meaning, RUNS | BYTES, values.len(), packed.len(), out);
    out.append(&mut packed);
}

fn write_literals(literals: &mut Vec<u8>, out: &mut Vec<u8>) {
    for piece in literals.chunks(MOST_LITERALS) {
        out.push((piece.len() as u8).wrapping_neg());
        out.extend_from_slice(piece);
    }
    literals.clear();
}

/// Floating point, eight bytes each.
pub(super) fn floats(values: impl ExactSizeIterator<Item = f64>, out: &mut Vec<u8>) {
    head(DATA, BYTES, values.len(), values.len() * size_of::<f64>(), out);
    out.extend(values.flat_map(f64::to_le_bytes));
}

/// Floating point, four bytes each.
pub(super) fn short_floats(values: impl ExactSizeIterator<Item = f32>, out: &mut Vec<u8>) {
    head(DATA, BYTES, values.len(), values.len() * size_of::<f32>(), out);
    out.extend(values.flat_map(f32::to_le_bytes));
}

/// Texts, one after the other.
pub(super) fn texts(meaning: u8, texts: &[&str], out: &mut Vec<u8>) {
    head(meaning, BYTES, texts.len(), texts.iter().map(|text| text.len()).sum(), out);
    texts.iter().for_each(|text| out.extend_from_slice(text.as_bytes()));
}

fn head(meaning: u8, encoding: u8, count: usize, bytes: usize, out: &mut Vec<u8>) {
    out.extend([meaning, encoding]);
    varint(count as u64, out);
    varint(bytes as u64, out);
}
