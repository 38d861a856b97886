use super::*;

/// What another reader of the format finds in a message: fields by number, each a number or bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Result<u64, &[u8]>)> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let length = bytes.iter().position(|byte| *byte < 0x80).unwrap() + 1;
        let (number, rest) = bytes.split_at(length);
        *bytes = rest;
        number.iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f))
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => Ok(varint(&mut bytes)),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (inner, rest) = bytes.split_at(length);
                bytes = rest;
                Err(inner)
            }
            wire => panic!("wire type {wire}"),
        };
        found.push((key >> 3, value));
    }
    found
}

/// A glyph as clients read it.
#[derive(Debug, Default, PartialEq)]
struct Read {
    id: u64,
    bitmap: Vec<u8>,
    sides: [u64; 2],
    left: i64,
    top: i64,
    advance: u64,
}

fn read(file: &[u8]) -> (String, String, Vec<Read>) {
    let stacks = fields(file);
    assert_eq!(stacks.len(), 1);
    let (mut name, mut range, mut glyphs) = (String::new(), String::new(), Vec::new());
    for (number, value) in fields(stacks[0].1.unwrap_err()) {
        match (number, value) {
            (1, Err(text)) => name = String::from_utf8(text.to_vec()).unwrap(),
            (2, Err(text)) => range = String::from_utf8(text.to_vec()).unwrap(),
            (3, Err(message)) => glyphs.push(message),
            other => panic!("{other:?}"),
        }
    }
    let signed = |number: u64| (number >> 1) as i64 ^ -((number & 1) as i64);
    let glyph = |message: &[u8]| {
        fields(message).into_iter().fold(Read::default(), |mut glyph, field| {
            match field {
                (1, Ok(id)) => glyph.id = id,
                (2, Err(bytes)) => glyph.bitmap = bytes.to_vec(),
                (3, Ok(width)) => glyph.sides[0] = width,
                (4, Ok(height)) => glyph.sides[1] = height,
                (5, Ok(left)) => glyph.left = signed(left),
                (6, Ok(top)) => glyph.top = signed(top),
                (7, Ok(advance)) => glyph.advance = advance,
                other => panic!("{other:?}"),
            }
            glyph
        })
    };
    (name, range, glyphs.into_iter().map(glyph).collect())
}

fn stack(fonts: &Fonts, names: &[&str]) -> Vec<Arc<Face>> {
    names.iter().map(|name| Arc::clone(fonts.face(name).unwrap())).collect()
}

fn file(names: &[&str], range: &str) -> Vec<u8> {
    let (stack, range) = (stack(&Fonts::builtin().unwrap(), names), range.parse().unwrap());
    assert_eq!(glyph_file(&stack, range), None, "nothing is drawn before it is asked for");
    let mut canvas = Canvas::default();
    stack.iter().for_each(|face| face.draw(range, &mut canvas).unwrap());
    glyph_file(&stack, range).unwrap()
}

#[test]
fn letters_have_the_measures_of_the_font() {
    let (name, range, glyphs) = read(&file(&["DejaVu Sans"], "0-255"));
    assert_eq!((name.as_str(), range.as_str()), ("DejaVu Sans", "0-255"));
    assert!(glyphs.windows(2).all(|pair| pair[0].id < pair[1].id), "in order");
    let of = |letter: char| glyphs.iter().find(|glyph| glyph.id == u64::from(u32::from(letter))).unwrap();
    // Of 2048 units to the em, H is 1540 wide and 1493 high and begins at 201; 24 pixels are an em.
    let h = of('H');
    assert_eq!((h.advance, h.left, h.sides), (18, 2, [14, 18]));
    assert_eq!(h.top, 18 - 25, "its top is 18 pixels above the baseline");
    assert!(of('p').top - of('p').sides[1] as i64 <= -25 - 5, "a descender goes below the baseline");
    assert_eq!((of(' ').advance, of(' ').sides, of(' ').bitmap.len()), (8, [0, 0], 0));
    assert!(glyphs.iter().all(|glyph| glyph.id >= 32), "no control characters");
}

#[test]
fn a_field_is_high_inside_low_outside_and_crosses_at_the_outline() {
    let glyphs = read(&file(&["DejaVu Sans Bold"], "0-255")).2;
    let bar = glyphs.iter().find(|glyph| glyph.id == u64::from(b'|')).unwrap();
    let [width, height] = bar.sides.map(|side| side as usize + 6);
    assert_eq!(bar.bitmap.len(), width * height);
    let row = &bar.bitmap[height / 2 * width..][..width];
    assert!(row[0] < 192 && row[width - 1] < 192 && *row.iter().max().unwrap() > 192, "{row:?}");
    let steps = row.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
    assert!(steps.max().unwrap() <= 35, "about an eighth of the values a pixel: {row:?}");
}

#[test]
fn the_first_face_that_has_a_character_gives_it() {
    let [regular, bold] = ["DejaVu Sans", "DejaVu Sans Bold"];
    let (name, _, both) = read(&file(&[bold, regular], "1536-1791"));
    assert_eq!(name, "DejaVu Sans Bold, DejaVu Sans");
    let [regular, bold] = [regular, bold].map(|face| read(&file(&[face], "1536-1791")).2);
    let has = |glyphs: &[Read], id: u64| glyphs.iter().any(|glyph| glyph.id == id);
    assert!(bold.iter().all(|glyph| both.contains(glyph)));
    assert!(both.iter().all(|glyph| bold.contains(glyph) || !has(&bold, glyph.id) && regular.contains(glyph)));
}

#[test]
fn a_range_without_letters_is_an_empty_stack() {
    let (name, range, glyphs) = read(&file(&["DejaVu Sans"], "19968-20223"));
    assert_eq!((name.as_str(), range.as_str(), glyphs.len()), ("DejaVu Sans", "19968-20223", 0));
}

#[test]
fn what_is_no_range_is_refused_with_what_would_be_right() {
    for text in ["", "0-256", "1-256", "255-0", "0-255 ", "00-255", "65536-65791", "-1-254", "a-b", "0", "99999999999999999999-1"]
    {
        let said = text.parse::<GlyphRange>().unwrap_err();
        assert!(said.contains("0-255, 256-511"), "{said}");
    }
    assert_eq!("65280-65535".parse::<GlyphRange>().map(|range| range.to_string()), Ok("65280-65535".to_owned()));
}

#[test]
fn all_of_both_faces_is_bounded() {
    let (fonts, mut canvas) = (Fonts::builtin().unwrap(), Canvas::default());
    let both = stack(&fonts, &["DejaVu Sans", "DejaVu Sans Bold"]);
    let (mut bytes, mut most) = (0, 0);
    for range in (0..=u8::MAX).map(GlyphRange) {
        both.iter().for_each(|face| face.draw(range, &mut canvas).unwrap());
        most = most.max(glyph_file(&both, range).unwrap().len());
        bytes += both.iter().flat_map(|face| face.glyphs(range).unwrap().values()).map(Vec::capacity).sum::<usize>();
    }
    assert!(bytes < 6 << 20 && most < 200 << 10, "{bytes} bytes kept, {most} in the largest file");
}
