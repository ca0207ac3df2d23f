//! The commands in German.

use super::phrase::{Act, Language, Letters, Phrase, Sense};
use crate::polish::counting;
use Act::{Between, Break, Close, Join, Mark, Open, Suffix};
use Sense::{Argument, Ender, Likely, OpensOrSetOff, SetOff, Sure, Verb};

pub(super) const GERMAN: Language = Language {
    code: "de",
    phrases: &[PHRASES],
    before_nouns: &[
        "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "kein", "keine",
        "keinen", "mein", "meine", "dein", "deine", "sein", "seine", "ihr", "ihre", "jede", "jeder", "jedes", "dieser",
        "diese", "dieses",
    ],
    before_names: &[
        "mit", "ohne", "wort", "zwei", "drei", "erste", "zweite", "letzte", "letzten", "fehlt", "fehlende", "setze",
        "per", "pro", "am", "im", "vom", "zum", "beim", "ins", "auf", "null", "eins",
    ],
    articles: &["ein", "einen", "einem", "einer", "der", "den", "dem"],
    pointers: &[],
    copulas: &[],
    counting: &counting::GERMAN,
    also_counts: &[],
    salutations: &["liebe", "lieber", "hallo", "hi", "sehr", "guten", "moin", "servus"],
};

const PHRASES: &[Phrase] = &[
    Phrase::new("komma", Mark(","), Likely).not_before(&counting::GERMAN.digits),
    Phrase::new("punkt", Mark("."), Ender).not_before(&["eins", "zwei", "drei"]),
    Phrase::new("fragezeichen", Mark("?"), Likely),
    Phrase::new("ausrufezeichen", Mark("!"), Likely),
    Phrase::new("ausrufungszeichen", Mark("!"), Likely),
    Phrase::new("doppelpunkt", Mark(":"), Likely),
    Phrase::new("semikolon", Mark(";"), Likely),
    Phrase::new("strichpunkt", Mark(";"), Likely),
    Phrase::new("auslassungspunkte", Mark("…"), Likely),
    Phrase::new("gedankenstrich", Between("–"), Likely),
    Phrase::new("bindestrich", Join("-"), Likely),
    Phrase::new("schragstrich", Join("/"), Likely),
    Phrase::new("unterstrich", Join("_"), Likely),
    Phrase::new("klammeraffe", Join("@"), Likely),
    Phrase::new("at-zeichen", Join("@"), Likely),
    Phrase::new("prozentzeichen", Suffix(" %"), Likely),
    Phrase::new("eurozeichen", Suffix(" €"), Likely),
    Phrase::new("anfuhrungszeichen auf", Open("„"), Sure),
    Phrase::new("anfuhrungszeichen offnen", Open("„"), Sure),
    Phrase::new("anfuhrungszeichen unten", Open("„"), Sure),
    Phrase::new("anfuhrungszeichen zu", Close("“"), Sure),
    Phrase::new("anfuhrungszeichen schliessen", Close("“"), Sure),
    Phrase::new("anfuhrungszeichen oben", Close("“"), Sure),
    Phrase::new("anfuhrungsstriche auf", Open("„"), Sure),
    Phrase::new("anfuhrungsstriche unten", Open("„"), Sure),
    Phrase::new("anfuhrungsstriche zu", Close("“"), Sure),
    Phrase::new("anfuhrungsstriche oben", Close("“"), Sure),
    Phrase::new("klammer auf", Open("("), Sure),
    Phrase::new("klammer zu", Close(")"), Sure),
    Phrase::new("eckige klammer auf", Open("["), Sure),
    Phrase::new("eckige klammer zu", Close("]"), Sure),
    Phrase::new("geschweifte klammer auf", Open("{"), Sure),
    Phrase::new("geschweifte klammer zu", Close("}"), Sure),
    Phrase::new("neue zeile", Break("\n"), Sure),
    Phrase::new("nachste zeile", Break("\n"), SetOff),
    Phrase::new("zeilenumbruch", Break("\n"), SetOff),
    Phrase::new("neuer absatz", Break("\n\n"), Sure),
    Phrase::new("nachster absatz", Break("\n\n"), SetOff),
    Phrase::new("alles gross", Act::LargeOn, OpensOrSetOff(LARGE_OFF)),
    Phrase::new("alles gross an", Act::LargeOn, Sure),
    Phrase::new("grossbuchstaben an", Act::LargeOn, OpensOrSetOff(LARGE_OFF)),
    Phrase::new("grossbuchstaben ein", Act::LargeOn, OpensOrSetOff(LARGE_OFF)),
    Phrase::new("alles gross ende", Act::LargeOff, Sure),
    Phrase::new("alles gross aus", Act::LargeOff, Sure),
    Phrase::new("grossbuchstaben aus", Act::LargeOff, Sure),
    Phrase::new("grossbuchstaben ende", Act::LargeOff, Sure),
    Phrase::new("ende grossbuchstaben", Act::LargeOff, Sure),
    Phrase::new("klein", Act::Letters(Letters::AllSmall), Argument)
        .not_before(&["ist", "war", "und", "aber", "genug", "wie", "als", "oder"]),
    Phrase::new("gross", Act::Letters(Letters::FirstLarge), Argument)
        .not_before(&["ist", "war", "und", "genug", "wie", "als"]),
    Phrase::new("streich das", Act::Scratch, Verb).not_before(&["aus", "von", "wort", "weg", "durch"]),
    Phrase::new("losch das", Act::Scratch, SetOff),
    Phrase::new("losche das", Act::Scratch, SetOff),
    Phrase::new("streiche das", Act::Scratch, Verb).not_before(&["aus", "von", "wort", "weg", "durch"]),
    Phrase::new("letzten satz loschen", Act::Scratch, Verb),
    Phrase::new("letzten satz streichen", Act::Scratch, Verb),
    Phrase::new("losch den letzten satz", Act::Scratch, SetOff),
    Phrase::new("losche den letzten satz", Act::Scratch, SetOff),
    Phrase::new("losch das letzte wort", Act::DeleteWords, SetOff),
    Phrase::new("losche das letzte wort", Act::DeleteWords, SetOff),
    Phrase::new("losch die letzten # worter", Act::DeleteWords, SetOff),
    Phrase::new("losche die letzten # worter", Act::DeleteWords, SetOff),
    Phrase::new("letztes wort loschen", Act::DeleteWords, Verb),
    Phrase::new("letzte # worter loschen", Act::DeleteWords, Verb),
    Phrase::new("letzten # worter loschen", Act::DeleteWords, Verb),
];

const LARGE_OFF: &[&str] =
    &["alles gross ende", "alles gross aus", "grossbuchstaben aus", "grossbuchstaben ende", "ende grossbuchstaben"];
