//! What every record has, and the rules that need a record as a whole.

use crate::draft::Draft;
use crate::record::{Body, Common, Location, Record};
use crate::time::Interval;
use crate::vocab::{Certainty, Effect, Kind, Sensitivity, Subtype, Temporality};

/// Longest plausible distance on Earth, metres.
const HALF_WAY_ROUND_M: f64 = 20_004_000.0;

pub(super) fn common(draft: &mut Draft<'_>, kind: Kind) -> Option<Common> {
    let is_report = matches!(kind, Kind::Blockade | Kind::Area);
    let id = id(draft);
    let version = draft.whole("version", 1..=i64::from(u32::MAX));
    let name = draft.needed_text("name");
    let valid = interval(draft, "valid_from", "valid_to");
    let known = interval(draft, "recorded_at", "superseded_at");
    let sensitivity = draft.word("sensitivity");
    // Roads and towns are on every map; a report left unmarked must not get out by mistake.
    let sensitivity =
        if is_report { draft.needed("sensitivity", sensitivity) } else { sensitivity.or(Some(Sensitivity::Public)) };
    if is_report {
        draft.needed("valid_from", valid.from);
    }
    Some(Common {
        valid,
        known,
        version: version.unwrap_or(1),
        name_fr: draft.text("name_fr"),
        withdrawn: draft.flag("withdrawn"),
        public_from: draft.instant("public_from"),
        certainty: draft.word("certainty").unwrap_or(Certainty::Unknown),
        last_confirmed: draft.instant("last_confirmed"),
        accuracy_m: draft.number("accuracy_m", 0.0..=HALF_WAY_ROUND_M),
        adm0: country(draft),
        adm1_code: draft.text("adm1_code"),
        adm2_code: draft.text("adm2_code"),
        cod_version: draft.text("cod_version"),
        sources: if is_report { draft.needed_texts("sources") } else { draft.texts("sources") },
        basis_note: draft.text("basis_note"),
        notes: draft.text("notes"),
        notes_internal: draft.text("notes_internal"),
        generalised: false,
        id: id?.into(),
        name: name?.into(),
        sensitivity: sensitivity?,
    })
}

pub(super) fn id(draft: &mut Draft<'_>) -> Option<String> {
    let id = draft.needed_text("id")?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let starts_well = id.bytes().next().is_some_and(plain);
    if (2..=64).contains(&id.len()) && starts_well && id.bytes().all(|byte| plain(byte) || byte == b'-') {
        return Some(id);
    }
    draft.refuse("id", "bad_id", format!("'{id}' is no id; write 2 to 64 of a-z, 0-9 and -, not starting with -"));
    None
}

/// The half-open stretch between two fields; a missing one is an open end.
pub(super) fn interval<'a>(draft: &mut Draft<'a>, from: &'a str, to: &'a str) -> Interval {
    let (start, end) = (draft.instant(from), draft.instant(to));
    Interval::new(start, end).unwrap_or_else(|_backwards| {
        draft.refuse(to, "ends_before_start", "the end must come after the start; it is the first moment no longer inside");
        Interval { from: start, to: None }
    })
}

/// The code of an actor.
pub(super) fn actor(draft: &mut Draft<'_>) -> Option<String> {
    let code = draft.needed_text("actor")?;
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if code.len() <= 32 && code.bytes().all(plain) {
        return Some(code);
    }
    draft.refuse(
        "actor",
        "bad_actor",
        format!("'{code}' is no code of an actor; write up to 32 of A-Z, 0-9 and -, such as JNIM"),
    );
    None
}

fn country(draft: &mut Draft<'_>) -> Option<String> {
    let code = draft.text("adm0")?;
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code);
    }
    draft.refuse(
        "adm0",
        "bad_country",
        format!("'{code}' is no country; write three capital letters of ISO 3166-1, such as MLI"),
    );
    None
}

/// Rules on several fields at once.
pub(super) fn together(draft: &mut Draft<'_>, record: &Record) {
    let Body::Blockade(blockade) = record.body() else { return };
    if blockade.temporality == Temporality::Event && record.common().valid.to.is_some() {
        draft.refuse("valid_to", "event_with_end", "an event has no end: its effect fades by itself; only a state has an end");
    }
    if let Some(temporality) = blockade.subtype.temporality().filter(|temporality| *temporality != blockade.temporality) {
        let (subtype, right) = (blockade.subtype.as_str(), temporality.as_str());
        draft.refuse("temporality", "wrong_temporality", format!("'{subtype}' is always of temporality '{right}'"));
    }
    let (is_passage, lets_pass) = (blockade.subtype == Subtype::Passage, blockade.effect == Effect::Passage);
    if is_passage != lets_pass {
        draft.refuse(
            "effect",
            "passage_mismatch",
            "subtype 'passage' and effect 'passage' go together: evidence that somebody got through",
        );
    }
    if blockade.escorted && !is_passage {
        draft.refuse("escorted", "escorted_nothing", "only a passage can be escorted");
    }
    if matches!(blockade.location, Location::Corridors(_)) && blockade.effect != Effect::Advisory {
        draft.refuse("effect", "too_vague", "what names whole corridors is an announcement; its effect is 'advisory'");
    }
    if record.common().sensitivity == Sensitivity::Strict && blockade.effect == Effect::Closes {
        let message = "a report that closes a road must reach partners; it may be 'confidential' at most";
        draft.refuse("sensitivity", "hidden_closure", message);
    }
}
