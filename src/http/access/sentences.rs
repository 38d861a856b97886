//! The sentences of all answers, held against what a logistician should read, and the feeds that carry them.

use super::tests::{ROUTER, answered, ask_as, of};
use crate::http::html::escape;
use roadblock_layers::vocab::Audience;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ZEGOUA: &str = "abj-zegoua-sikasso-bko";

/// A path, a row of its answer (of which list, and which member is what), and what it says in English and French.
struct Said(&'static str, [&'static str; 3], &'static str, &'static str);

/// Every kind of row.
const SAID: [Said; 12] = [
    Said(
        "/access/corridors/abj-zegoua-sikasso-bko/timeline?datetime=2025-10-01/2025-10-31&known_at=2025-10-22&commodity=fuel",
        ["timeline", "from", "2025-10-24T00:00:00Z"],
        "Closed from 24 October 2025 to 28 October 2025 between Loulouni and Sikasso: Tanker convoy attacked between Sikasso and \
         Zégoua (Sunu Jotaay, 22 October 2025). What lies after 22 October 2025 is expected, if nothing new is reported.",
        "Fermé du 24 octobre 2025 au 28 octobre 2025 entre Loulouni et Sikasso : Tanker convoy attacked between Sikasso and Zégoua \
         (Sunu Jotaay, 22 octobre 2025). Ce qui suit le 22 octobre 2025 est attendu, si rien de nouveau n'est signalé.",
    ),
    Said(
        "/access/routes?from=kayes&to=bamako&datetime=2025-09-16&known_at=2025-09-16&commodity=fuel",
        ["routes", "status", "restricted"],
        "Kayes – Bamako, the best of 3 routes: 437 km, restricted between Kayes and Bafoulabé: Declared blockade of Kayes and Nioro du \
         Sahel (RFI via allAfrica, 4 September 2025).",
        "Kayes – Bamako, le meilleur de 3 itinéraires : 437 km, entravé entre Kayes et Bafoulabé : Declared blockade of Kayes and Nioro \
         du Sahel (RFI via allAfrica, 4 septembre 2025).",
    ),
    Said(
        "/access/cut-off?datetime=2025-11-01&known_at=2025-11-01&commodity=fuel",
        ["places", "place", "lere"],
        "Léré is cut off from supplies: closed between Léré and Nampala. Reopening Léré – Nampala alone would restore it.",
        "À Léré, le ravitaillement est coupé : route fermée entre Léré et Nampala. La réouverture de la seule route Léré – Nampala le \
         rétablirait.",
    ),
    Said(
        "/access/cut-off?threshold=open_only&datetime=2025-10-22&known_at=2025-10-22&commodity=fuel",
        ["places", "place", "banamba"],
        "Banamba is not supplied over roads that are known to be open: held up, or no news, between Banamba and Koulikoro, Banamba \
         and Nara. At least 2 reopenings are needed: Adel Bagrou – Nara, Banamba – Nara.",
        "À Banamba, le ravitaillement n’arrive par aucune route dont on sait qu’elle est ouverte : route bloquée, entravée ou sans \
         nouvelle entre Banamba et Koulikoro, Banamba et Nara. Il faudrait rouvrir au moins 2 routes : Adel Bagrou – Nara, Banamba – Nara.",
    ),
    Said(
        "/access/changes?from=2025-10-20&to=2025-10-22&commodity=fuel",
        ["changes", "id", ZEGOUA],
        "Abidjan–Bouaké–Pogo–Zégoua–Sikasso–Bougouni–Bamako: closed on 22 October 2025 (restricted on 20 October 2025) between \
         Loulouni and Sikasso: Tanker convoy attacked between Sikasso and Zégoua (Sunu Jotaay, 22 October 2025). It changed on the ground.",
        "Abidjan–Bouaké–Pogo–Zégoua–Sikasso–Bougouni–Bamako : fermé le 22 octobre 2025 (entravé le 20 octobre 2025) entre Loulouni et \
         Sikasso : Tanker convoy attacked between Sikasso and Zégoua (Sunu Jotaay, 22 octobre 2025). Le changement a eu lieu sur le \
         terrain.",
    ),
    Said(
        "/access/changes?from=2025-09-20&to=2025-09-20&from_known_at=2025-09-21&to_known_at=2025-12-04&commodity=fuel",
        ["changes", "id", "dkr-kedougou-kenieba-bko"],
        "Dakar–Kédougou–Kéniéba–Kita–Bamako (southern Dakar corridor): closed on 20 September 2025, by what was known on 4 December 2025 \
         (unknown, by what was known on 21 September 2025) between Sébékoro and Négala (Néguéla): Tanker convoy attacked, \
         Néguéla–Soribougou (Bellingcat (seen only through a secondary compilation; verify), 3 December 2025). Only what is known of it \
         changed.",
        "Dakar–Kédougou–Kéniéba–Kita–Bamako (southern Dakar corridor) : fermé le 20 septembre 2025, d’après ce que l’on savait le 4 \
         décembre 2025 (inconnu, d’après ce que l’on savait le 21 septembre 2025) entre Sébékoro et Négala (Néguéla) : Tanker convoy \
         attacked, Néguéla–Soribougou (Bellingcat (seen only through a secondary compilation; verify), 3 décembre 2025). Seul ce que \
         l’on en sait a changé.",
    ),
    Said(
        "/access/changes?from=2025-10-01&to=2025-10-01&from_known_at=2025-10-05&to_known_at=2026-01-01&commodity=fuel",
        ["changes", "subject", "report"],
        "Became known between 5 October 2025 and 1 January 2026: Tanker convoy attacked, Néguéla–Soribougou (Bellingcat (seen only \
         through a secondary compilation; verify), 3 December 2025).",
        "Appris entre le 5 octobre 2025 et le 1er janvier 2026 : Tanker convoy attacked, Néguéla–Soribougou (Bellingcat (seen only \
         through a secondary compilation; verify), 3 décembre 2025).",
    ),
    Said(
        "/access/near?corridor=abj-zegoua-sikasso-bko&distance_m=20000&datetime=2025-10-22",
        ["reports", "id", "ev-1021-zegoua"],
        "Tanker convoy attacked between Sikasso and Zégoua (Sunu Jotaay, 22 October 2025): 1.9 km from the road, on the right, 734 km \
         along it from Abidjan; certainly within 20 km.",
        "Tanker convoy attacked between Sikasso and Zégoua (Sunu Jotaay, 22 octobre 2025) : à 1,9 km de la route, à droite, à 734 km le \
         long de celle-ci depuis Abidjan ; certainement dans un rayon de 20 km.",
    ),
    Said(
        "/access/near?corridor=abj-zegoua-sikasso-bko&distance_m=20000&datetime=2025-10-22",
        ["reports", "id", "ev-1013-kadiana"],
        "Tanker convoy attacked between Kolondiéba and Kadiana (RFI via PressAfrik, 18 October 2025): 36 km from the road (give or take \
         30 km), on the left, 888 km along it from Abidjan; possibly within 20 km.",
        "Tanker convoy attacked between Kolondiéba and Kadiana (RFI via PressAfrik, 18 octobre 2025) : à 36 km de la route (à 30 km \
         près), à gauche, à 888 km le long de celle-ci depuis Abidjan ; peut-être dans un rayon de 20 km.",
    ),
    Said(
        "/access/overlap?datetime=2025-10-22",
        ["corridors", "corridor", ZEGOUA],
        "Abidjan–Bouaké–Pogo–Zégoua–Sikasso–Bougouni–Bamako: 329 km of 1,103 km (30 %) lie in areas of reported influence: contested 226 \
         km, attacks reported 103 km; JNIM 329 km.",
        "Abidjan–Bouaké–Pogo–Zégoua–Sikasso–Bougouni–Bamako : 329 km sur 1\u{a0}103 km (30 %) dans des zones d’influence signalée : \
         disputé 226 km, attaques signalées 103 km ; JNIM 329 km.",
    ),
    Said(
        "/access/alerts?since=2025-10-21&until=2025-10-22&commodity=fuel",
        ["alerts", "id", ZEGOUA],
        "Abidjan–Bouaké–Pogo–Zégoua–Sikasso–Bougouni–Bamako: closed as of 22 October 2025 (before: restricted) between Loulouni and \
         Sikasso: Tanker convoy attacked between Sikasso and Zégoua (Sunu Jotaay, 22 October 2025). Becomes restricted on 28 October 2025 \
         if nothing new is reported.",
        "Abidjan–Bouaké–Pogo–Zégoua–Sikasso–Bougouni–Bamako : fermé au 22 octobre 2025 (avant : entravé) entre Loulouni et Sikasso : \
         Tanker convoy attacked between Sikasso and Zégoua (Sunu Jotaay, 22 octobre 2025). Devient entravé le 28 octobre 2025 si rien de \
         nouveau n'est signalé.",
    ),
    Said(
        "/access/alerts?since=2025-10-24&until=2025-11-01&commodity=fuel",
        ["alerts", "id", "lere"],
        "Léré is cut off from supplies as of 27 October 2025: closed between Léré and Nampala.",
        "À Léré, le ravitaillement est coupé au 27 octobre 2025 : route fermée entre Léré et Nampala.",
    ),
];

#[tokio::test]
async fn a_row_says_what_a_logistician_wants_to_know() {
    for Said(path, [list, key, id], english, french) in SAID {
        let answer = answered(Audience::Editor, path).await;
        let row = of(&answer, list, key, id);
        assert_eq!((&row["explanation"], &row["explanation_fr"]), (&json!(english), &json!(french)), "{path}");
    }
}

#[tokio::test]
async fn the_rule_that_decided_is_with_each_status() {
    for (path, list) in [(SAID[0].0, "timeline"), (SAID[1].0, "routes"), (SAID[10].0, "alerts")] {
        let answer = answered(Audience::Editor, path).await;
        for row in answer[list].as_array().unwrap() {
            let rule = if row["status"] == "unknown" { "P5" } else { "P2" };
            assert_eq!(row["rules"], json!([rule]), "{path}: {row}");
        }
    }
}

/// All objects of an answer that say anything.
fn rows(answer: &Value) -> Vec<&Value> {
    let lists = answer.as_object().unwrap().values().filter_map(Value::as_array).flatten();
    lists.filter(|row| row.is_object()).collect()
}

#[tokio::test]
async fn all_rows_for_all_audiences_are_whole_sentences_in_both_languages() {
    for audience in [Audience::Public, Audience::Partner, Audience::Editor] {
        for Said(path, ..) in SAID {
            for row in rows(&answered(audience, path).await) {
                for (member, strange) in [("explanation", " :"), ("explanation_fr", "; au")] {
                    let said = row[member].as_str().unwrap_or_else(|| panic!("{path}: {row}"));
                    assert!(said.ends_with('.') && !said.contains(['{', '}']), "{said}");
                    assert!(!said.contains("  ") && !said.contains("..") && !said.contains(strange), "{said}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_public_is_told_no_name_of_a_report_that_it_may_not_read() {
    let path = "/access/near?corridor=mopti-segou-bko&distance_m=100000&datetime=2025-07-01/2026-02-01";
    let all = answered(Audience::Editor, path).await;
    let known = answered(Audience::Public, path).await;
    let names = |answer: &Value| -> BTreeSet<String> {
        answer["reports"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    let hidden: Vec<String> = names(&all).difference(&names(&known)).cloned().collect();
    assert!(!hidden.is_empty());
    let feed = "/access/changes?from=2025-07-01&to=2025-10-22&f=atom";
    for path in
        SAID.map(|Said(path, ..)| path).into_iter().chain([path, feed, "/access/alerts?since=2025-07-01&until=2026-02-01"])
    {
        let told = ask_as(&ROUTER, Audience::Public, path, "*/*").await;
        for name in &hidden {
            assert!(!told.text().contains(name.as_str()) && !told.text().contains(&escape(name)), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn a_feed_says_the_same_whenever_it_is_asked_in_the_language_of_who_asks() {
    let of_element = |feed: &str, name: &str| -> Vec<String> {
        let tag = format!("<{name}>");
        feed.split(&tag).skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect()
    };
    for path in ["/access/alerts?since=2025-10-15&until=2025-11-01", "/access/changes?from=2025-10-01"] {
        let feed = ask_as(&ROUTER, Audience::Editor, path, "application/atom+xml").await;
        assert_eq!(feed.header("content-type"), "application/atom+xml");
        assert!(feed.header("vary").contains("Accept-Language"));
        let ids = of_element(feed.text(), "id");
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert!(ids.len() > 3 && unique.len() == ids.len() && ids.iter().all(|id| id.starts_with("urn:uuid:")), "{ids:?}");
        let french = ask_as(&ROUTER, Audience::Editor, &format!("{path}&f=atom&lang=fr"), "*/*").await;
        assert_eq!(of_element(french.text(), "id"), ids, "the same in both languages");
        assert_eq!(of_element(french.text(), "updated"), of_element(feed.text(), "updated"));
        assert!(
            french.text().contains("xml:lang=\"fr\"") && french.text().contains("<subtitle>Les limites"),
            "{}",
            french.text()
        );
        let rows = answered(Audience::Editor, path).await;
        let list = if path.contains("alerts") { &rows["alerts"] } else { &rows["changes"] };
        let titles = of_element(french.text(), "title");
        let said = list.as_array().unwrap().iter().map(|row| escape(row["explanation_fr"].as_str().unwrap()));
        assert_eq!(titles[1..], said.collect::<Vec<_>>());
        for href in feed.text().split("href=\"").skip(1).map(|part| part.split('"').next().unwrap().replace("&amp;", "&")) {
            let here = href.strip_prefix("http://127.0.0.1:8080").unwrap();
            assert_eq!(ask_as(&ROUTER, Audience::Editor, here, "*/*").await.status, 200, "{href}");
        }
    }
}
