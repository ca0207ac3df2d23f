//! The commands in Spanish, which opens its questions and exclamations.

use super::phrase::{Act, Language, Letters, Phrase, Sense};
use crate::polish::counting;
use Act::{Between, Break, Close, Join, Mark, MarkAndBreak, Open};
use Sense::{Argument, Ender, Likely, OpensOrSetOff, SetOff, Sure};

pub(super) const SPANISH: Language = Language {
    code: "es",
    phrases: &[PHRASES],
    before_nouns: &[
        "el", "la", "los", "las", "un", "una", "unos", "unas", "este", "esta", "ese", "esa", "mi", "tu", "su", "cada",
        "ningun", "ninguna", "otro", "otra", "al", "del",
    ],
    before_names: &[
        "con", "sin", "palabra", "dos", "tres", "primer", "ultimo", "en", "a", "de", "que", "no", "se", "tal",
    ],
    articles: &["un", "el"],
    pointers: &[],
    copulas: &[],
    counting: &counting::SPANISH,
    also_counts: &[],
    salutations: &["querido", "querida", "estimado", "estimada", "hola", "buenos", "buenas"],
};

const PHRASES: &[Phrase] = &[
    Phrase::new("coma", Mark(","), Likely)
        .not_before(&["algo", "mas", "bien", "usted", "profundo", "inducido", "cero", "cinco"]),
    Phrase::new("punto final", Mark("."), Ender),
    Phrase::new("punto y seguido", Mark("."), Sure),
    Phrase::new("punto y aparte", MarkAndBreak(".", "\n\n"), Sure),
    Phrase::new("punto", Mark("."), Ender).not_after(&["cierto", "buen", "mismo", "hasta"]),
    Phrase::new("punto y coma", Mark(";"), Likely),
    Phrase::new("dos puntos", Mark(":"), SetOff),
    Phrase::new("puntos suspensivos", Mark("…"), Likely),
    Phrase::new("signo de interrogacion", Mark("?"), Likely),
    Phrase::new("signo de exclamacion", Mark("!"), Likely),
    Phrase::new("abrir interrogacion", Open("¿"), Sure),
    Phrase::new("abre interrogacion", Open("¿"), Sure),
    Phrase::new("cerrar interrogacion", Mark("?"), Sure),
    Phrase::new("cierra interrogacion", Mark("?"), Sure),
    Phrase::new("abrir exclamacion", Open("¡"), Sure),
    Phrase::new("abre exclamacion", Open("¡"), Sure),
    Phrase::new("cerrar exclamacion", Mark("!"), Sure),
    Phrase::new("cierra exclamacion", Mark("!"), Sure),
    Phrase::new("abrir signo de interrogacion", Open("¿"), Sure),
    Phrase::new("abre signo de interrogacion", Open("¿"), Sure),
    Phrase::new("cerrar signo de interrogacion", Mark("?"), Sure),
    Phrase::new("cierra signo de interrogacion", Mark("?"), Sure),
    Phrase::new("abrir signo de exclamacion", Open("¡"), Sure),
    Phrase::new("abre signo de exclamacion", Open("¡"), Sure),
    Phrase::new("cerrar signo de exclamacion", Mark("!"), Sure),
    Phrase::new("cierra signo de exclamacion", Mark("!"), Sure),
    Phrase::new("abrir admiracion", Open("¡"), Sure),
    Phrase::new("abre admiracion", Open("¡"), Sure),
    Phrase::new("cerrar admiracion", Mark("!"), Sure),
    Phrase::new("cierra admiracion", Mark("!"), Sure),
    Phrase::new("abrir corchetes", Open("["), Sure),
    Phrase::new("abre corchetes", Open("["), Sure),
    Phrase::new("cerrar corchetes", Close("]"), Sure),
    Phrase::new("cierra corchetes", Close("]"), Sure),
    Phrase::new("abrir comillas", Open("\""), Sure),
    Phrase::new("abre comillas", Open("\""), Sure),
    Phrase::new("cerrar comillas", Close("\""), Sure),
    Phrase::new("cierra comillas", Close("\""), Sure),
    Phrase::new("abrir parentesis", Open("("), Sure),
    Phrase::new("abre parentesis", Open("("), Sure),
    Phrase::new("cerrar parentesis", Close(")"), Sure),
    Phrase::new("cierra parentesis", Close(")"), Sure),
    Phrase::new("raya", Between("–"), SetOff),
    Phrase::new("guion", Join("-"), SetOff),
    Phrase::new("guion bajo", Join("_"), Likely),
    Phrase::new("barra", Join("/"), SetOff),
    Phrase::new("arroba", Join("@"), Likely),
    Phrase::new("nueva linea", Break("\n"), Sure).not_before(&["de", "del", "es"]),
    Phrase::new("salto de linea", Break("\n"), SetOff),
    Phrase::new("nuevo parrafo", Break("\n\n"), Sure),
    Phrase::new("todo en mayusculas", Act::LargeOn, Sure).not_after(WRITTEN).not_before(LETTERS),
    Phrase::new("en mayusculas", Act::LargeOn, OpensOrSetOff(LARGE_OFF)).not_after(WRITTEN),
    Phrase::new("mayusculas", Act::LargeOn, OpensOrSetOff(LARGE_OFF)),
    Phrase::new("activar mayusculas", Act::LargeOn, Sure),
    Phrase::new("activa mayusculas", Act::LargeOn, Sure),
    Phrase::new("fin de mayusculas", Act::LargeOff, Sure),
    Phrase::new("fin mayusculas", Act::LargeOff, Sure),
    Phrase::new("desactivar mayusculas", Act::LargeOff, Sure),
    Phrase::new("desactiva mayusculas", Act::LargeOff, Sure),
    Phrase::new("mayuscula", Act::Letters(Letters::FirstLarge), Argument).not_before(LETTERS),
    Phrase::new("minuscula", Act::Letters(Letters::AllSmall), Argument).not_before(LETTERS),
    Phrase::new("borra eso", Act::Scratch, SetOff),
    Phrase::new("tacha eso", Act::Scratch, SetOff),
    Phrase::new("elimina eso", Act::Scratch, SetOff),
    Phrase::new("borra la ultima frase", Act::Scratch, SetOff),
    Phrase::new("elimina la ultima palabra", Act::DeleteWords, SetOff),
    Phrase::new("borra la ultima palabra", Act::DeleteWords, SetOff),
    Phrase::new("borra las ultimas # palabras", Act::DeleteWords, SetOff),
];

const LARGE_OFF: &[&str] = &["fin de mayusculas", "fin mayusculas", "desactivar mayusculas", "desactiva mayusculas"];
/// What is in capitals, and spoken about.
const WRITTEN: &[&str] = &[
    "escrito", "escrita", "escritos", "escribir", "escribe", "escribio", "esta", "estan", "va", "texto", "titulo",
    "letras",
];
/// What may be said of capitals.
const LETTERS: &[&str] = &["y", "o", "es", "son", "en", "de", "del", "para", "por", "que", "a", "al", "no"];
