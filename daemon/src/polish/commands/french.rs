//! The commands in French, whose high marks have a blank before them.

use super::phrase::{Act, Language, Phrase, Sense};
use Act::{Between, Break, Close, Join, Mark, Open};
use Sense::{Ender, Likely, SetOff, Sure};

pub(super) const FRENCH: Language = Language {
    code: "fr",
    phrases: &[PHRASES],
    before_nouns: &[
        "le", "la", "les", "un", "une", "des", "du", "de", "ce", "cette", "mon", "ma", "ton", "ta", "son", "sa",
        "notre", "votre", "leur", "chaque", "aucun", "aucune", "quelle",
    ],
    before_names: &["avec", "sans", "mot", "deux", "trois", "premier", "dernier", "au", "en", "a", "tel", "quel"],
    articles: &["un", "le"],
    pointers: &[],
    copulas: &[],
    numbers: &[
        ("deux", 2),
        ("trois", 3),
        ("quatre", 4),
        ("cinq", 5),
        ("six", 6),
        ("sept", 7),
        ("huit", 8),
        ("neuf", 9),
        ("dix", 10),
    ],
    salutations: &["cher", "chere", "chers", "bonjour", "bonsoir", "salut", "madame", "monsieur"],
};

const PHRASES: &[Phrase] = &[
    Phrase::new("virgule", Mark(","), Likely)
        .not_before(&["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "zero"]),
    Phrase::new("point final", Mark("."), Ender),
    Phrase::new("point", Mark("."), Ender).not_after(&[
        "quel", "ne", "n'est", "n'a", "bon", "mauvais", "certain", "tout", "meme", "rond", "fort", "faible", "commun",
        "sur",
    ]),
    Phrase::new("point d'interrogation", Mark(" ?"), Likely),
    Phrase::new("point d'exclamation", Mark(" !"), Likely),
    Phrase::new("deux points", Mark(" :"), SetOff),
    Phrase::new("deux-points", Mark(" :"), Likely),
    Phrase::new("point-virgule", Mark(" ;"), Likely),
    Phrase::new("point virgule", Mark(" ;"), Likely),
    Phrase::new("points de suspension", Mark("…"), Likely),
    Phrase::new("tiret", Between("–"), SetOff),
    Phrase::new("trait d'union", Join("-"), Likely),
    Phrase::new("barre oblique", Join("/"), Likely),
    Phrase::new("arobase", Join("@"), Likely),
    Phrase::new("ouvrez les guillemets", Open("« "), Sure),
    Phrase::new("ouvrir les guillemets", Open("« "), Sure),
    Phrase::new("fermez les guillemets", Close(" »"), Sure),
    Phrase::new("fermer les guillemets", Close(" »"), Sure),
    Phrase::new("ouvrez la parenthese", Open("("), Sure),
    Phrase::new("ouvrir la parenthese", Open("("), Sure),
    Phrase::new("fermez la parenthese", Close(")"), Sure),
    Phrase::new("fermer la parenthese", Close(")"), Sure),
    Phrase::new("a la ligne", Break("\n"), SetOff),
    Phrase::new("retour a la ligne", Break("\n"), Sure),
    Phrase::new("nouvelle ligne", Break("\n"), Sure).not_before(&["de", "du", "est"]),
    Phrase::new("nouveau paragraphe", Break("\n\n"), Sure),
    Phrase::new("efface ca", Act::Scratch, SetOff),
    Phrase::new("annule ca", Act::Scratch, SetOff),
    Phrase::new("efface le dernier mot", Act::DeleteWords, SetOff),
    Phrase::new("efface les # derniers mots", Act::DeleteWords, SetOff),
];
