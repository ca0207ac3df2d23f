//! The commands in English. Which words are how sure is the whole knowledge here; the rules are in `phrase` and `mod`.

use super::phrase::{Act, Language, Letters, Phrase, Sense};
use crate::polish::counting;
use Act::{Between, Break, Close, Join, Mark, Open, Prefix, Suffix};
use Sense::{Argument, Closes, Ender, Likely, Opens, OpensOrSetOff, SetOff, Sure, Verb};

pub(super) const ENGLISH: Language = Language {
    code: "en",
    phrases: &[MARKS, BRACKETS, SIGNS, BREAKS, LETTERS, CORRECTIONS],
    before_nouns: &[
        "a", "an", "the", "another", "each", "every", "no", "my", "your", "his", "her", "its", "our", "their",
    ],
    before_names: &[
        "of", "with", "without", "called", "word", "words", "two", "three", "four", "five", "first", "second", "third",
        "last", "final", "missing", "extra", "trailing", "leading", "add", "insert", "put", "use", "using", "type",
        "remove", "single",
    ],
    articles: &["a", "an"],
    pointers: &["this", "that", "one", "which"],
    copulas: &["is", "was", "isn't", "wasn't", "should", "must", "has", "looks", "belongs", "goes", "here", "there"],
    counting: &counting::ENGLISH,
    also_counts: &[("one", 1), ("couple", 2), ("to", 2), ("too", 2), ("for", 4)],
    salutations: &["dear", "hi", "hello", "hey", "regards", "sincerely", "cheers", "thanks"],
};

/// Words that so often go before "period" or "full stop" that the whole is a noun.
const KINDS_OF_PERIOD: &[&str] = &[
    "long",
    "short",
    "brief",
    "time",
    "trial",
    "grace",
    "waiting",
    "whole",
    "entire",
    "same",
    "given",
    "certain",
    "next",
    "previous",
    "current",
    "recovery",
    "holding",
    "notice",
    "transition",
    "test",
    "testing",
    "reporting",
    "this",
    "that",
    "any",
    "some",
    "early",
    "late",
    "later",
    "earlier",
    "classical",
    "colonial",
    "victorian",
    "roman",
    "medieval",
    "historical",
    "cooling",
    "rest",
    "base",
    "interim",
    "probation",
    "probationary",
    "incubation",
    "accounting",
    "tax",
    "school",
    "lunch",
    "free",
    "extended",
    "limited",
    "quiet",
    "dark",
    "difficult",
    "busy",
    "orbital",
    "minimum",
    "maximum",
    "month",
    "year",
    "week",
    "day",
    "hour",
    "minute",
    "which",
    "that's",
    "it's",
    "complete",
    "sudden",
    "per",
    "menstrual",
    "on",
    "overlapping",
    "over",
    "in",
];

const MARKS: &[Phrase] = &[
    Phrase::new("comma", Mark(","), Likely)
        .not_after(&["oxford", "serial", "inverted", "decimal", "by", "than", "before", "after"])
        .not_before(&["separated", "delimited", "splice", "splices"]),
    Phrase::new("period", Mark("."), Ender).not_after(KINDS_OF_PERIOD),
    Phrase::new("full stop", Mark("."), Ender).not_after(KINDS_OF_PERIOD),
    Phrase::new("question mark", Mark("?"), Likely),
    Phrase::new("exclamation mark", Mark("!"), Likely),
    Phrase::new("exclamation point", Mark("!"), Likely),
    Phrase::new("colon", Mark(":"), Likely).not_before(&[
        "cancer",
        "cleanse",
        "cleansing",
        "surgery",
        "polyp",
        "polyps",
        "screening",
        "health",
        "disease",
        "is",
        "was",
        "and",
    ]),
    Phrase::new("semicolon", Mark(";"), Likely),
    Phrase::new("semi colon", Mark(";"), Likely),
    Phrase::new("semi-colon", Mark(";"), Likely),
    Phrase::new("ellipsis", Mark("…"), Likely),
    Phrase::new("dot dot dot", Mark("…"), Sure),
];

const BRACKETS: &[Phrase] = &[
    Phrase::new("open quote", Open("\""), Sure),
    Phrase::new("open quotes", Open("\""), Sure),
    Phrase::new("begin quote", Open("\""), Sure),
    Phrase::new("close quote", Close("\""), Sure),
    Phrase::new("close quotes", Close("\""), Sure),
    Phrase::new("end quote", Close("\""), Sure),
    Phrase::new("quote", Open("\""), Opens(&["unquote", "end quote", "close quote"])),
    Phrase::new("unquote", Close("\""), Closes("quote")).not_after(&["quote"]),
    Phrase::new("open single quote", Open("'"), Sure),
    Phrase::new("close single quote", Close("'"), Sure),
    Phrase::new("open paren", Open("("), Sure),
    Phrase::new("open parenthesis", Open("("), Sure),
    Phrase::new("open parentheses", Open("("), Sure),
    Phrase::new("left paren", Open("("), Sure),
    Phrase::new("left parenthesis", Open("("), Sure),
    Phrase::new("close paren", Close(")"), Sure),
    Phrase::new("close parenthesis", Close(")"), Sure),
    Phrase::new("close parentheses", Close(")"), Sure),
    Phrase::new("right paren", Close(")"), Sure),
    Phrase::new("right parenthesis", Close(")"), Sure),
    Phrase::new("open bracket", Open("["), Sure),
    Phrase::new("open square bracket", Open("["), Sure),
    Phrase::new("left bracket", Open("["), Sure),
    Phrase::new("close bracket", Close("]"), Sure),
    Phrase::new("close square bracket", Close("]"), Sure),
    Phrase::new("right bracket", Close("]"), Sure),
    Phrase::new("open brace", Open("{"), Sure),
    Phrase::new("open curly bracket", Open("{"), Sure),
    Phrase::new("close brace", Close("}"), Sure),
    Phrase::new("close curly bracket", Close("}"), Sure),
];

const SIGNS: &[Phrase] = &[
    Phrase::new("dash", Between("–"), SetOff),
    Phrase::new("em dash", Between("—"), Likely),
    Phrase::new("en dash", Between("–"), Likely),
    Phrase::new("hyphen", Join("-"), Likely),
    Phrase::new("slash", Join("/"), Likely)
        .not_after(&["to", "will", "would", "could", "can", "must", "may", "they", "we", "not"])
        .not_before(&["prices", "costs", "and", "the", "a", "spending", "jobs", "budgets", "rates", "taxes", "their"]),
    Phrase::new("forward slash", Join("/"), Sure),
    Phrase::new("backslash", Join("\\"), Likely),
    Phrase::new("back slash", Join("\\"), Likely),
    Phrase::new("at sign", Join("@"), Sure),
    Phrase::new("underscore", Join("_"), Likely)
        .not_after(&["to", "i", "we", "they", "you", "will", "would", "and", "should", "must", "these", "results"])
        .not_before(&["the", "that", "how", "our", "his", "her", "their", "its", "why", "this", "what"]),
    Phrase::new("ampersand", Between("&"), Likely),
    Phrase::new("plus sign", Between("+"), Sure),
    Phrase::new("minus sign", Between("-"), Sure),
    Phrase::new("equals sign", Between("="), Sure),
    Phrase::new("equal sign", Between("="), Sure),
    Phrase::new("asterisk", Join("*"), SetOff),
    Phrase::new("hash sign", Prefix("#"), Sure),
    Phrase::new("number sign", Prefix("#"), Sure),
    Phrase::new("dollar sign", Prefix("$"), Sure),
    Phrase::new("euro sign", Suffix(" €"), Sure),
    Phrase::new("percent sign", Suffix("%"), Sure),
    Phrase::new("degree sign", Suffix("°"), Sure),
    Phrase::new("no space", Act::NoSpace, SetOff),
];

const BREAKS: &[Phrase] = &[
    Phrase::new("new line", Break("\n"), Sure)
        .not_before(LINES)
        .not_after(&["whole", "brand", "is", "in", "online", "this"]),
    Phrase::new("newline", Break("\n"), Ender).not_after(&["character", "is", "this", "that", "double", "contain"]),
    Phrase::new("next line", Break("\n"), SetOff),
    Phrase::new("new paragraph", Break("\n\n"), Sure).not_before(&["about", "of", "that", "which", "is", "on"]),
    Phrase::new("tab key", Break("\t"), Sure)
        .not_before(&["is", "does", "to", "and", "on"])
        .not_after(&["hit", "press"]),
];

/// What comes in a new line: products, managers.
const LINES: &[&str] = &[
    "of",
    "manager",
    "managers",
    "item",
    "items",
    "up",
    "is",
    "was",
    "for",
    "between",
    "from",
    "that",
    "which",
    "cook",
    "cooks",
    "character",
    "characters",
    "will",
    "and",
    "opens",
    "opened",
];

const LETTERS: &[Phrase] = &[
    Phrase::new("all caps on", Act::LargeOn, Sure),
    Phrase::new("caps on", Act::LargeOn, OpensOrSetOff(CAPS_OFF)),
    Phrase::new("caps lock on", Act::LargeOn, OpensOrSetOff(CAPS_OFF)),
    Phrase::new("start caps", Act::LargeOn, OpensOrSetOff(CAPS_OFF)),
    Phrase::new("all caps", Act::LargeOn, Sure)
        .not_after(&["in", "be", "written", "wrote", "writes", "uses"])
        .not_before(&["is", "are", "and", "or", "for", "text", "letters", "looks"]),
    Phrase::new("end all caps", Act::LargeOff, Sure),
    Phrase::new("all caps off", Act::LargeOff, Sure),
    Phrase::new("end caps", Act::LargeOff, Sure),
    Phrase::new("caps off", Act::LargeOff, Sure),
    Phrase::new("caps lock off", Act::LargeOff, Sure),
    Phrase::new("stop caps", Act::LargeOff, Sure),
    Phrase::new("cap", Act::Letters(Letters::FirstLarge), Argument).not_after(CAPS).not_before(&[
        "and", "on", "to", "is", "was", "the", "of", "in", "at", "for", "it", "your", "off", "guns", "gun",
    ]),
    Phrase::new("capital", Act::Letters(Letters::FirstLarge), Argument).not_after(CAPS).not_before(&[
        "of",
        "city",
        "cities",
        "gains",
        "gain",
        "punishment",
        "letter",
        "letters",
        "investment",
        "expenditure",
        "is",
        "was",
        "and",
        "markets",
        "market",
        "in",
        "costs",
        "cost",
        "one",
        "hill",
        "murder",
        "offense",
        "flows",
        "allowance",
        "the",
    ]),
    Phrase::new("no caps", Act::Letters(Letters::AllSmall), Argument)
        .not_before(&["and", "or", "allowed", "please", "in"]),
];

const CAPS_OFF: &[&str] = &["caps off", "all caps off", "caps lock off", "end caps", "end all caps", "stop caps"];

/// Words that go before a cap or a capital that is a thing.
const CAPS: &[&str] =
    &["salary", "price", "baseball", "bottle", "venture", "human", "working", "in", "from", "to", "and", "has"];

const CORRECTIONS: &[Phrase] = &[
    Phrase::new("scratch that", Act::Scratch, Verb)
        .not_after(&[
            "to", "can", "can't", "cannot", "could", "would", "will", "should", "don't", "not", "you", "let's", "me",
        ])
        .not_before(&[
            "itch", "surface", "off", "from", "spot", "part", "place", "card", "record", "with", "away", "out",
        ]),
    Phrase::new("strike that", Act::Scratch, SetOff),
    Phrase::new("delete that", Act::Scratch, SetOff),
    Phrase::new("erase that", Act::Scratch, SetOff),
    Phrase::new("undo that", Act::Scratch, SetOff),
    Phrase::new("scratch it", Act::Scratch, SetOff),
    Phrase::new("delete last sentence", Act::Scratch, Verb).not_before(FROM),
    Phrase::new("delete the last sentence", Act::Scratch, SetOff),
    Phrase::new("delete previous sentence", Act::Scratch, Verb).not_before(FROM),
    Phrase::new("delete the previous sentence", Act::Scratch, SetOff),
    Phrase::new("scratch last sentence", Act::Scratch, Verb).not_before(FROM),
    Phrase::new("scratch the last sentence", Act::Scratch, SetOff),
    Phrase::new("scratch last word", Act::DeleteWords, Verb).not_before(FROM),
    Phrase::new("scratch the last word", Act::DeleteWords, SetOff),
    Phrase::new("scratch last # words", Act::DeleteWords, Verb).not_before(FROM),
    Phrase::new("scratch the last # words", Act::DeleteWords, SetOff),
    Phrase::new("delete previous word", Act::DeleteWords, Verb).not_before(FROM).not_after(TOLD),
    Phrase::new("delete the previous word", Act::DeleteWords, SetOff),
    Phrase::new("delete last word", Act::DeleteWords, Verb).not_before(FROM).not_after(TOLD),
    Phrase::new("delete the last word", Act::DeleteWords, SetOff),
    Phrase::new("delete last # words", Act::DeleteWords, Verb).not_before(FROM).not_after(TOLD),
    Phrase::new("delete the last # words", Act::DeleteWords, SetOff),
];

const FROM: &[&str] = &["from", "of", "in", "on"];
const TOLD: &[&str] = &["to", "please", "should", "not", "don't", "then", "and", "you", "will"];
