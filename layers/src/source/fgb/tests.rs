use super::*;

#[test]
fn the_index_is_as_long_as_its_levels() {
    assert_eq!(index_bytes(1, 16), Some(40));
    assert_eq!(index_bytes(16, 16), Some(17 * 40));
    assert_eq!(index_bytes(17, 16), Some((17 + 2 + 1) * 40));
    assert_eq!(index_bytes(u64::MAX, 2), None);
}

#[test]
fn a_size_that_is_not_there_takes_no_memory() {
    let mut bytes = Vec::new();
    assert!(matches!(piece(&mut &[0xff, 0xff, 0xff, 0x0f, 1, 2][..], u32::MAX, &mut bytes), Ok(Piece::Part)));
    assert!(bytes.capacity() < 1 << 20);
    assert!(matches!(piece(&mut &[9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9][..], 8, &mut bytes), Ok(Piece::TooLong)));
    assert!(matches!(piece(&mut &[][..], 8, &mut bytes), Ok(Piece::None)));
}
