//! Reading one table: every getter says what is missing or wrong, and remembers where the value stands.

use jiff::civil::Date;
use obhut_core::model::{Lang, Text};

use super::{
    Places, country,
    tree::{Node, Table, Value},
};
use crate::{
    diagnostic::{Diagnostic, Place},
    name,
};

/// A table being read.
pub(super) struct Section<'d> {
    /// Its path in [`Places`].
    pub(super) path: String,
    /// How it is written: `[data.shopper]`.
    pub(super) title: String,
    /// Where it stands.
    pub(super) place: Place,
    table: &'d Table,
    known: Vec<&'static str>,
    /// Its keys are names, so none of them is unknown.
    open: bool,
    /// What stands before a key of a dotted table: `label.` before `de`.
    prefix: String,
}

impl<'d> Section<'d> {
    pub(super) fn new(path: String, title: String, place: Place, table: &'d Table) -> Self {
        Self { path, title, place, table, known: Vec::new(), open: false, prefix: String::new() }
    }

    /// Whether the key is written.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }
}

/// What to say if a key is missing: an example of it, and the article that demands it.
#[derive(Clone, Copy)]
pub(super) struct Demand {
    pub(super) example: &'static str,
    pub(super) article: Option<&'static str>,
}

/// A demand of the format.
pub(super) const fn example(example: &'static str) -> Demand {
    Demand { example, article: None }
}

/// A demand of the law.
pub(super) const fn law(article: &'static str, example: &'static str) -> Demand {
    Demand { example, article: Some(article) }
}

/// What an address has to look like.
#[derive(Clone, Copy)]
pub(super) enum Address {
    Mail,
    Web,
}

/// The state of reading: findings so far, places so far.
pub(super) struct Reader<'f> {
    pub(super) findings: &'f mut Vec<Diagnostic>,
    pub(super) places: Places,
    /// The languages every text must have.
    pub(super) languages: Vec<Lang>,
}

impl<'f> Reader<'f> {
    pub(super) fn new(findings: &'f mut Vec<Diagnostic>) -> Self {
        Self { findings, places: Places::default(), languages: Lang::ALL.to_vec() }
    }

    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// The value of a key, if it is written.
    pub(super) fn node<'d>(&mut self, section: &mut Section<'d>, key: &'static str) -> Option<&'d Node> {
        section.known.push(key);
        let entry = section.table.get(key)?;
        let place = match entry.node.value {
            Value::Table(_) => &entry.key,
            _ => &entry.node.place,
        };
        self.places.insert(section.path_of(key), place.clone());
        self.places.insert(format!("{}:key", section.path_of(key)), entry.key.clone());
        Some(&entry.node)
    }

    /// Reports a key that is not written.
    pub(super) fn missing(&mut self, section: &Section<'_>, key: &str, demand: Demand) {
        let finding = Diagnostic::error("missing", &section.place, format!("{} has no `{key}`", section.title))
            .label(format!("`{key}` is missing here"))
            .help(format!("add for example\n{}", demand.example));
        self.report(match demand.article {
            Some(article) => finding.article(article),
            None => finding,
        });
    }

    /// Reports a key that goes only with another one that is not there.
    pub(super) fn misplaced(&mut self, section: &mut Section<'_>, key: &'static str, with: &str) {
        if self.node(section, key).is_none() {
            return;
        }
        let place = self.places.at(&format!("{}:key", section.path_of(key)));
        self.report(
            Diagnostic::error("misplaced-key", &place, format!("`{key}` of {} goes only with {with}", section.title))
                .label("has no meaning here")
                .help(format!("remove it, or write {with}")),
        );
    }

    pub(super) fn demand<T>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        demand: Demand,
        value: Option<T>,
    ) -> Option<T> {
        // A value that is there but wrong was reported already.
        if value.is_none() && !section.has(key) {
            self.missing(section, key, demand);
        }
        value
    }

    fn wrong(&mut self, node: &Node, expected: &str, help: &str) {
        let finding =
            Diagnostic::error("wrong-type", &node.place, format!("expected {expected}, found {}", node.value.kind()))
                .label(format!("this is {}", node.value.kind()))
                .help(help);
        self.report(finding);
    }

    pub(super) fn content<'d>(&mut self, node: &'d Node, help: &str) -> Option<&'d str> {
        match &node.value {
            Value::String(text) if text.trim().is_empty() => {
                self.report(
                    Diagnostic::error("empty", &node.place, "the text is empty")
                        .label("nothing is said here")
                        .help(help),
                );
                None
            }
            Value::String(text) => Some(text),
            _ => {
                self.wrong(node, "a text", help);
                None
            }
        }
    }

    /// A text that is not shown in several languages.
    pub(super) fn string<'d>(&mut self, section: &mut Section<'d>, key: &'static str) -> Option<&'d str> {
        let node = self.node(section, key)?;
        self.content(node, &format!("write {}{key} = \"…\"", section.prefix))
    }

    /// The same, demanded; empty if it is missing.
    pub(super) fn needed_string(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> String {
        let value = self.string(section, key);
        self.demand(section, key, demand, value).unwrap_or_default().to_owned()
    }

    /// A mail or web address.
    pub(super) fn address(&mut self, section: &mut Section<'_>, key: &'static str, kind: Address) -> Option<String> {
        let text = self.string(section, key)?.to_owned();
        let blank = text.contains(char::is_whitespace);
        let (fits, what, help) = match kind {
            Address::Mail => (
                !blank
                    && text.split_once('@').is_some_and(|(local, host)| {
                        !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.contains('@')
                    }),
                "an e-mail address",
                "for example \"privacy@company.example\"",
            ),
            Address::Web => (
                !blank && text.strip_prefix("https://").is_some_and(|rest| rest.len() > 3),
                "a web address with https",
                "for example \"https://www.company.example/privacy\"",
            ),
        };
        if !fits {
            let place = self.places.at(&section.path_of(key));
            self.report(
                Diagnostic::error("address", &place, format!("`{key}` is not {what}"))
                    .label(format!("expected {what}"))
                    .help(help),
            );
            return None;
        }
        Some(text)
    }

    /// The same, demanded; empty if it is missing.
    pub(super) fn needed_address(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        kind: Address,
        demand: Demand,
    ) -> String {
        let value = self.address(section, key, kind);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    /// A text for people, in every language of the policy.
    pub(super) fn text(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<Text> {
        let node = self.node(section, key)?;
        self.languages_of(section, key, node)
    }

    /// The same, demanded; empty if it is missing.
    pub(super) fn needed_text(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> Text {
        let value = self.text(section, key);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    fn languages_of(&mut self, section: &Section<'_>, key: &'static str, node: &Node) -> Option<Text> {
        let Value::Table(table) = &node.value else {
            let help = format!("every text for people has its languages:\n{key}.de = \"…\"\n{key}.en = \"…\"");
            self.wrong(node, "one text per language", &help);
            return None;
        };
        let path = section.path_of(key);
        let place = self.places.at(&path);
        let mut inner = Section::new(path, format!("`{key}` of {}", section.title), place, table);
        inner.prefix = format!("{key}.");
        let text = self.both_languages(&mut inner);
        self.close(inner);
        Some(text)
    }

    /// The texts `de` and `en` of a table. Those of the policy's languages are demanded.
    pub(super) fn both_languages(&mut self, section: &mut Section<'_>) -> Text {
        let de = self.string(section, "de").map(str::to_owned);
        let en = self.string(section, "en").map(str::to_owned);
        for (lang, written) in [(Lang::De, section.has("de")), (Lang::En, section.has("en"))] {
            if !written && self.languages.contains(&lang) {
                let tag = lang.tag();
                let other = if lang == Lang::De { "en" } else { "de" };
                let label = if section.has(other) {
                    format!("`{other}` is there, `{tag}` is not")
                } else {
                    format!("`{tag}` is missing")
                };
                self.report(
                    Diagnostic::error("language-missing", &section.place, format!("{} has no `{tag}`", section.title))
                        .label(label)
                        .help(format!("say the same in both languages: add\n{}{tag} = \"…\"", section.prefix))
                        .article("Art. 12(1) GDPR: information in clear language, for everyone it is given to"),
                );
            }
        }
        // A language that is not published shows the other one, where a tool lists both.
        let fallback = de.clone().or_else(|| en.clone()).unwrap_or_default();
        Text { de: de.unwrap_or_else(|| fallback.clone()), en: en.unwrap_or(fallback) }
    }

    /// True or false.
    pub(super) fn boolean(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<bool> {
        let node = self.node(section, key)?;
        if let Value::Boolean(value) = node.value {
            return Some(value);
        }
        self.wrong(node, "true or false", &format!("write {key} = true or {key} = false, without quotation marks"));
        None
    }

    /// The same, demanded; false if it is missing.
    pub(super) fn needed_boolean(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> bool {
        let value = self.boolean(section, key);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    /// A whole number in a range.
    pub(super) fn number(&mut self, section: &mut Section<'_>, key: &'static str, most: u8) -> Option<u8> {
        let node = self.node(section, key)?;
        let help = format!("write a whole number from 1 to {most}, without quotation marks");
        if let Value::Integer(value) = node.value {
            let number = u8::try_from(value).ok().filter(|number| (1..=most).contains(number));
            if number.is_none() {
                self.report(
                    Diagnostic::error("range", &node.place, format!("{value} is not from 1 to {most}"))
                        .label("out of range")
                        .help(help),
                );
            }
            number
        } else {
            self.wrong(node, "a whole number", &help);
            None
        }
    }

    /// A date.
    pub(super) fn date(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<Date> {
        let node = self.node(section, key)?;
        if let Value::Date(date) = node.value {
            return Some(date);
        }
        self.wrong(node, "a date", &format!("write {key} = 2026-02-01, without quotation marks"));
        None
    }

    /// The same, demanded.
    pub(super) fn needed_date(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> Date {
        let value = self.date(section, key);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    /// A country.
    pub(super) fn country(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<String> {
        let code = self.string(section, key)?;
        if country::is_country(code) {
            return Some(code.to_owned());
        }
        let place = self.places.at(&section.path_of(key));
        let help = match country::meant(code) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write the two capital letters of ISO 3166-1, for example \"DE\"".into(),
        };
        self.report(
            Diagnostic::error("unknown-country", &place, format!("there is no country with the code \"{code}\""))
                .label("not a country code")
                .help(help),
        );
        None
    }

    /// The same, demanded; empty if it is missing.
    pub(super) fn needed_country(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> String {
        let value = self.country(section, key);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.string(section, key)?;
        let place = self.places.at(&section.path_of(key));
        self.chosen(text, &place, key, choices)
    }

    /// The same, demanded.
    pub(super) fn needed_choice<T: Copy>(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        choices: &[(&'static str, T)],
        demand: Demand,
    ) -> Option<T> {
        let value = self.choice(section, key, choices);
        self.demand(section, key, demand, value)
    }

    /// The meaning of one of several words.
    pub(super) fn chosen<T: Copy>(
        &mut self,
        text: &str,
        place: &Place,
        key: &str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        self.unknown_value(text, place, key, &choices.iter().map(|(word, _)| *word).collect::<Vec<_>>());
        None
    }

    /// Reports a word that is none of those known.
    pub(super) fn unknown_value(&mut self, text: &str, place: &Place, key: &str, known: &[&str]) {
        self.report(
            Diagnostic::error("unknown-value", place, format!("`{key}` cannot be \"{}\"", shortened(text)))
                .label("not a value it can have")
                .maybe_help(name::did_you_mean(text, known.iter().copied())),
        );
    }

    /// A list of short texts without repetition; at least one.
    pub(super) fn list(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<Vec<String>> {
        let node = self.node(section, key)?;
        let help = format!("write {key} = [\"…\", \"…\"]");
        let Value::Array(items) = &node.value else {
            self.wrong(node, "a list", &help);
            return None;
        };
        if items.is_empty() {
            self.report(
                Diagnostic::error("empty", &node.place, format!("`{key}` of {} is empty", section.title))
                    .label("nothing is listed here")
                    .help(help),
            );
            return None;
        }
        let path = section.path_of(key);
        let mut list: Vec<String> = Vec::with_capacity(items.len());
        for item in items {
            let Some(text) = self.content(item, &help) else { continue };
            let item_path = format!("{path}[{text}]");
            if self.places.get(&item_path).is_some() {
                self.report(
                    Diagnostic::error("duplicate", &item.place, format!("`{}` is listed twice", shortened(text)))
                        .label("the second one")
                        .help("remove it"),
                );
                continue;
            }
            self.places.insert(item_path, item.place.clone());
            list.push(text.to_owned());
        }
        Some(list)
    }

    /// A list of several words.
    pub(super) fn choices<T: Copy>(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<Vec<T>> {
        let words = self.list(section, key)?;
        let path = section.path_of(key);
        let meant = words.iter().filter_map(|word| {
            let place = self.places.at(&format!("{path}[{word}]"));
            self.chosen(word, &place, key, choices)
        });
        Some(meant.collect())
    }

    /// The same, demanded; empty if it is missing.
    pub(super) fn needed_choices<T: Copy>(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        choices: &[(&'static str, T)],
        demand: Demand,
    ) -> Vec<T> {
        let value = self.choices(section, key, choices);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    /// A name behind a word, `consent:NAME`, or one of several words. Another text is reported.
    pub(super) fn behind<T: Clone>(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        (word, named): (&str, fn(&str) -> T),
        others: &[(&str, T)],
    ) -> Option<T> {
        let text = self.string(section, key)?;
        if let Some(name) = text.strip_prefix(word).and_then(|rest| rest.strip_prefix(':')) {
            return Some(named(name.trim()));
        }
        if let Some((_, value)) = others.iter().find(|(word, _)| *word == text) {
            return Some(value.clone());
        }
        let place = self.places.at(&section.path_of(key));
        let example = format!("{word}:NAME");
        let known: Vec<_> = std::iter::once(example.as_str()).chain(others.iter().map(|(word, _)| *word)).collect();
        self.unknown_value(text, &place, key, &known);
        None
    }

    /// One short text, or a list of them; demanded.
    pub(super) fn one_or_more(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> Vec<String> {
        match section.table.get(key).map(|entry| &entry.node.value) {
            Some(Value::String(_)) => self.string(section, key).map(str::to_owned).into_iter().collect(),
            _ => self.needed_list(section, key, demand),
        }
    }

    /// All keys of a table whose keys are names, with their texts.
    pub(super) fn each_string(&mut self, section: &mut Section<'_>) -> Vec<(String, String)> {
        section.open = true;
        let mut texts = Vec::new();
        for (key, entry) in section.table {
            self.places.insert(section.path_of(key), entry.node.place.clone());
            self.places.insert(format!("{}:key", section.path_of(key)), entry.key.clone());
            if let Some(text) = self.content(&entry.node, "write NAME = \"…\"") {
                texts.push((key.clone(), text.to_owned()));
            }
        }
        texts
    }

    /// The same, demanded; empty if it is missing.
    pub(super) fn needed_list(&mut self, section: &mut Section<'_>, key: &'static str, demand: Demand) -> Vec<String> {
        let value = self.list(section, key);
        self.demand(section, key, demand, value).unwrap_or_default()
    }

    /// Reports every key that nothing asked for.
    pub(super) fn close(&mut self, section: Section<'_>) {
        for (key, entry) in section.table {
            if !section.open && !section.known.contains(&key.as_str()) {
                self.report(
                    Diagnostic::error(
                        "unknown-key",
                        &entry.key,
                        format!("{} has a key `{}` that the format does not know", section.title, shortened(key)),
                    )
                    .label("unknown")
                    .maybe_help(name::did_you_mean(key, section.known.iter().copied())),
                );
            }
        }
    }
}

/// A text cut to a length that fits into a message.
pub(super) fn shortened(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
