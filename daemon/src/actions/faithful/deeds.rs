//! How a text tells somebody to do something, and how that is spoken of, in some languages.

use super::words::{begins, words};

/// Beginnings of words with one meaning, in some languages: English, German, French, Spanish, Italian, Portuguese, Dutch.
const DEEDS: [&[&str]; 40] = [
    &[
        "write", "schreib", "verfass", "écri", "rédig", "escrib", "redact", "scriv", "escrev", "schrijf", "compose",
        "draft", "author",
    ],
    &[
        "tell", "erzähl", "sag", "racont", "dis", "dites", "dire", "cuént", "cuent", "di", "dime", "raccont", "dimmi",
        "dile", "diles", "conte", "vertel",
    ],
    &["say", "sag", "dis", "dites", "dire", "di", "diga", "dici", "zeg", "utter"],
    &["ignor", "miss", "beacht", "negeer", "disregard", "overlook", "ignoriere"],
    &["forget", "vergiss", "vergess", "oubli", "olvid", "dimentic", "esqueç", "vergeet"],
    &["answer", "antwort", "beantwort", "répon", "respond", "contest", "rispond", "antwoord", "reply", "reagier"],
    &["reply", "antwort", "répon", "respond", "contest", "rispond", "antwoord", "answer"],
    &["respond", "antwort", "répon", "contest", "rispond", "antwoord", "reagier", "answer", "reply"],
    &["list", "liste", "auflist", "nenn", "zähl", "énumér", "enumer", "elenc", "enlist"],
    &["name", "nenn", "nomm", "cite", "nombr", "nomin", "noem", "identif"],
    &[
        "give", "gib", "gebt", "geben", "donn", "da", "dé", "dar", "dai", "dammi", "dê", "geef", "provid", "offer",
        "dame", "deme",
    ],
    &["translat", "übersetz", "tradu", "vertaal"],
    &["explain", "erklär", "expliqu", "explic", "expliq", "spieg", "uitleg", "leg"],
    &["describ", "beschreib", "décri", "describ", "descriv", "descrev", "beschrijf"],
    &["print", "druck", "ausgeb", "gib", "imprim", "affich", "stamp", "output", "display"],
    &["repeat", "wiederhol", "répét", "repet", "repit", "ripet", "herhaal"],
    &["output", "ausgeb", "gib", "affich", "imprim", "sort", "salida", "produc", "print", "muestra", "mostr"],
    &["creat", "erstell", "schaff", "crée", "créer", "crea", "cria", "maak", "generat", "erzeug", "génér", "gener"],
    &["generat", "erzeug", "génér", "gener", "erstell", "creat"],
    &["summar", "zusammenfass", "fass", "résum", "resum", "riassum", "samenvat"],
    &["count", "zähl"],
    &["calculat", "berechn", "calcul", "calcol", "bereken", "compute"],
    &["compute", "berechn", "calcul", "calcol", "bereken"],
    &["solve", "löse", "résou", "résol", "resuel", "resol", "risol", "oplos"],
    &["convert", "wandel", "umrechn", "konvert", "omreken"],
    &["sing", "zing"],
    &["recommend", "empfehl", "empfiehl", "recomm", "recom", "consigli", "raccomand", "suggest"],
    &["suggest", "suggér", "sugier", "suger", "recommend"],
    &["invent", "erfind", "verzin"],
    &["continu", "fortf", "fortsetz", "prosegu", "vervolg"],
    &["complet", "vervollst", "ergänz", "complèt", "voltooi", "finish"],
    &["finish", "beend", "complet"],
    &["compar", "vergelijk"],
    &["defin", "défin"],
    &["spell", "épell", "deletre", "soletr"],
    &["guess", "errat", "devin", "adivin", "indovin"],
    &["greet", "begrüß", "begroet"],
    &["reveal", "enthüll", "révél", "dévoil", "rivel", "svela", "onthul"],
    &["recit", "rezit", "declam"],
    &["rewrit", "umschreib", "réécri", "reescri", "reescrev", "riscriv", "herschrij", "rephras"],
];
/// By the first word of those above: the same in Russian and the first character in Chinese; and in any language what tells that deed
/// and begins other words as well, so that nobody is told to do it by that alone.
const DEEDS_ELSEWHERE: [(&str, &str, &str); 38] = [
    ("write", "напиш сочин 写 寫", "ecri redig"),
    ("tell", "расскаж скаж подскаж 告 讲", ""),
    ("say", "скаж говор 说 說", "grüß grüße"),
    ("ignor", "игнорир обраща 忽", "无 acht achte hör"),
    ("forget", "забуд 忘", "laisse laissez lass"),
    ("answer", "ответ отвеч", "回 接 答"),
    ("reply", "ответ отвеч", "回"),
    ("respond", "ответ отвеч", "回"),
    ("list", "перечисл 列", "führ führe zähl"),
    ("name", "назов", "举"),
    ("give", "дай дайте предостав привед", "给"),
    ("translat", "перевед перевес 翻", ""),
    ("explain", "объясн", "解"),
    ("describ", "опиш опис 描", ""),
    ("print", "вывед напечат распечат", "打"),
    ("repeat", "повтор", "重"),
    ("output", "вывед", "输 打"),
    ("creat", "созда придум", "创 制 make set build"),
    ("count", "считай посчитай сосчитай", "数 compt cuent cont conta conte tel"),
    ("calculat", "вычисл посчитай рассчитай", "计 算 rechn"),
    ("solve", "реши", "解 lös los"),
    ("convert", "перевед преобраз конверт", "转 换 wand rechn zet"),
    ("sing", "спой пой 唱", "chant cant canta cante"),
    ("recommend", "порекоменд рекоменд посовет", "推 建 beveel advis propos vorschl"),
    ("suggest", "предлож посовет", "建 提 schlag vorschl propos stel"),
    ("invent", "придум изобр", "编 发 denk ausdenk bedenk"),
    ("continu", "продолж", "继 fahr fahre fort setz weiter ga erzähl geh gehen weiter"),
    ("complet", "заверш законч дополн", "完 compl maak füll fülle ausfüll rempl rellen compil vul"),
    ("compar", "сравн", "比 vergleich confront"),
    ("greet", "приветств поприветств", "问 grüß salue salut salud"),
    ("defin", "определ", "定 erklär"),
    ("compute", "вычисл", "rechn"),
    ("finish", "", "termin finis fini acab conclu maak"),
    ("spell", "", "buchstab épel sillab compit spel"),
    ("guess", "", "rat rate raad schätz schätze"),
    ("reveal", "", "verrat offenbar revel"),
    ("recit", "", "sag récit"),
    ("rewrit", "", "schreib formul"),
];
/// Those that want to hear something.
pub(super) const SAID: [&str; 8] = ["tell", "say", "explain", "describ", "answer", "name", "give", "list"];
/// How an order may be spoken about in the language of the text.
const SPOKEN_OF: [&str; 52] = [
    "ask", "asks", "asked", "request", "instruct", "order", "tell", "told", "please", "could", "would", "kindly",
    "want", "need", "command", "demand", "task", "should", "must", "bitte", "auffor", "verlang", "soll", "anweis",
    "demand", "veuill", "prier", "doit", "pide", "favor", "debe", "solicit", "chied", "deve", "pede", "urge", "invit",
    "call", "suggest", "advis", "möcht", "wünsch", "könn", "würd", "voudr", "souhait", "pourr", "pourri", "quier",
    "podr", "vorre", "potre",
];
const SPOKEN_OF_ELSEWHERE: &str = "прос попрос требу нужно надо должн могли можете может пожалуйста следует хоч 求";
const DUTIES: [&str; 8] = ["must", "will", "should", "shall", "only", "now", "have", "can"];
/// What may stand before the word that tells.
const BEFORE: [&str; 30] = [
    "only",
    "nur",
    "simply",
    "uniquement",
    "solo",
    "kindly",
    "please",
    "now",
    "and",
    "then",
    "just",
    "can",
    "could",
    "would",
    "you",
    "bitte",
    "jetzt",
    "und",
    "instead",
    "also",
    "s'il",
    "te",
    "plaît",
    "por",
    "favor",
    "next",
    "stattdessen",
    "plutôt",
    "lugar",
    "invece",
];

const BEFORE_ELSEWHERE: &str = "пожалуйста теперь сейчас затем и 请 帮 我 你 现 在 然 后 并 只 把";

/// Whether it may stand before the word that tells.
pub(super) fn may_stand_before(word: &str) -> bool {
    BEFORE.contains(&word) || BEFORE_ELSEWHERE.split(' ').any(|other| other == word)
}

/// Whether it speaks of an order.
pub(super) fn speaks_of(word: &str) -> bool {
    SPOKEN_OF.iter().copied().chain(SPOKEN_OF_ELSEWHERE.split(' ')).any(|stem| begins(word, stem))
}

/// How words begin that surely tell the deed in other scripts, and those that may in any.
fn elsewhere(deed: &str) -> (impl Iterator<Item = &'static str>, impl Iterator<Item = &'static str>) {
    let found = DEEDS_ELSEWHERE.iter().find(|(name, ..)| *name == deed);
    let split = |stems: &'static str| stems.split(' ').filter(|stem| !stem.is_empty());
    (
        found.into_iter().flat_map(move |(_, surely, _)| split(surely)),
        found.into_iter().flat_map(move |(.., perhaps)| split(perhaps)),
    )
}

/// Whether the sentence tells somebody to do something, or speaks of that.
pub(super) fn is_spoken_of(sentence: &str) -> bool {
    order(sentence).is_some() || words(sentence).iter().any(|word| speaks_of(word))
}

/// Whether any of its words may tell somebody to do something, wherever it stands.
pub(super) fn names_one(text: &str) -> bool {
    words(text).iter().any(|word| deed(word).is_some())
}

/// Whether the text makes somebody another one, or gives them another task: "You are a pirate now."
pub(super) fn gives_part(text: &str) -> bool {
    const PARTS: [&str; 20] = [
        "you are now",
        "you are a",
        "you are an",
        "you are the",
        "you are no longer",
        "you're now",
        "your task",
        "your job",
        "act as",
        "pretend",
        "from now on",
        "from this point on",
        "du bist jetzt",
        "du bist nun",
        "du bist ein",
        "deine aufgabe",
        "tu es maintenant",
        "tu es un",
        "ahora eres",
        "eres un",
    ];
    let text = format!(" {} ", words(text).join(" "));
    PARTS.iter().any(|part| text.contains(&format!(" {part} ")))
}

/// Whether it speaks to somebody.
pub(super) fn addresses(text: &str) -> bool {
    const SOMEBODY: [&str; 16] = [
        "you", "your", "you're", "yourself", "act", "pretend", "du", "dein", "deine", "sie", "tu", "ton", "vous",
        "votre", "eres", "tú",
    ];
    words(text).iter().any(|word| SOMEBODY.contains(&word.as_str()))
}

/// Words that end so tell nobody to do something: "definitely", "writing", "computers", "Erzählung".
const NO_ORDERS: [&str; 12] = ["ely", "ing", "ed", "ous", "tion", "ison", "er", "ers", "or", "al", "ung", "ungen"];
/// Who does what stands behind them, and is not told to.
const SUBJECTS: [&str; 24] = [
    "i", "we", "he", "she", "they", "it", "the", "my", "our", "their", "his", "her", "a", "an", "ich", "wir", "er",
    "die", "der", "je", "nous", "ils", "elle", "nos",
];
/// Behind one of these a second order may stand.
const GOING_ON: [&str; 10] = ["and", "then", "instead", "und", "stattdessen", "et", "plutôt", "e", "en", "и"];

/// What the sentence tells somebody to do, if it does.
pub(super) fn order(sentence: &str) -> Option<&'static [&'static str]> {
    let words = words(sentence);
    let first = words.iter().find(|word| !may_stand_before(word));
    // "You must print", "you will answer".
    let second = || {
        let duty = words.windows(3).find(|three| three[0] == "you" && DUTIES.contains(&three[1].as_str()))?;
        deed(&duty[2])
    };
    // "Stop here and tell me", and not "they read and write".
    let further = || {
        let is_told = words.first().is_some_and(|first| !SUBJECTS.contains(&first.as_str()));
        let mut behind = words.windows(2).filter(|two| GOING_ON.contains(&two[0].as_str()));
        behind.find_map(|two| deed(&two[1])).filter(|_| is_told)
    };
    first.and_then(|first| deed(first)).or_else(second).or_else(further)
}

/// What the word tells somebody to do, if it does.
fn deed(word: &str) -> Option<&'static [&'static str]> {
    let is_other = |stems: &[&str]| !stems.contains(&word) && NO_ORDERS.iter().any(|end| word.ends_with(end));
    let own = DEEDS.iter().find(|stems| begins(word, stems[0]));
    own.or_else(|| DEEDS.iter().find(|stems| is_deed(word, stems))).filter(|stems| !is_other(stems)).copied()
}

fn is_deed(word: &str, stems: &[&str]) -> bool {
    begins(word, stems[0])
        || stems.iter().any(|stem| stem.len() > 3 && begins(word, stem))
        || elsewhere(stems[0]).0.any(|stem| begins(word, stem))
}

/// How words begin that tell the same. Whoever wants to hear something wants it in many words: "tell me", "name".
pub(super) fn told_by(order: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    let is_of_saying = SAID.contains(&order[0]);
    let alike = DEEDS.iter().filter(move |stems| is_of_saying && SAID.contains(&stems[0]));
    std::iter::once(order).chain(alike.copied()).flat_map(|stems| {
        let (surely, perhaps) = elsewhere(stems[0]);
        stems.iter().copied().chain(surely).chain(perhaps)
    })
}
