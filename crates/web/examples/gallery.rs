//! Writes every page in both languages, with invented data, to a folder: `cargo run -p obhut-web --example gallery -- DIR`.
//!
//! To look at, and for tests in a browser. Serve the folder from its root, since pages refer to `/assets/…`.

#![expect(clippy::format_collect, clippy::format_push_string, reason = "a sample written once, read by people")]

use std::{error::Error, fs, path::Path};

use askama::Template;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use obhut_core::{
    change::Cause,
    model::{Action, Lang},
    promise::{Proof, State},
};
use obhut_web::{
    assets,
    texts::Texts,
    views::{
        ConsentBox, DemoBar, Leave, Link, Moment, NavLink, NoticeRef, Page, Paging, PlanLine, Problem, badge,
        delete_shopper::DeleteShopper,
        demo_start::{DemoClient, DemoStart},
        end_membership::EndMembership,
        error::{ErrorKind, ErrorPage},
        log_in::LogIn,
        notice::NoticePage,
        purchase_done::PurchaseDone,
        purchase_form::{Embed, Entered, Payment, PurchaseForm},
        receipt::ReceiptPage,
        receipts::{ReceiptList, ReceiptRow},
        shop::ShopPage,
        shopper::{ConsentLine, DataGroup, EventLine, FieldLine, FieldValue, ShopperPage, Withdraw},
        shoppers::{ShopperList, ShopperRow, Stay},
        status::{Chapter, JobLine, PromiseLine, StatusPage},
        timeline::{Lane, Timeline},
    },
};

const OPERATOR: &str = "Example Configurator GmbH";
const NORTH: &str = "Musterladen Nord GmbH";
const HASH: &str = "9f2c41d07be3a85516c0d9e24fb7731a8c5e60f2d41b9a7733e8c1f05a6d2b94";
const TOKEN: &str = "sample-token";

/// What every sample needs.
struct Sample {
    lang: Lang,
    zone: TimeZone,
    now: Timestamp,
}

impl Sample {
    fn t(&self) -> Texts {
        Texts(self.lang)
    }

    /// German or English.
    fn say(&self, de: &str, en: &str) -> String {
        match self.lang {
            Lang::De => de.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn at(&self, hours: i64) -> Result<Timestamp, jiff::Error> {
        self.now.checked_add(hours.hours())
    }

    fn short(&self, hours: i64) -> Result<Moment, jiff::Error> {
        Ok(Moment::short(self.at(hours)?, &self.zone, self.lang))
    }

    fn day(&self, hours: i64) -> Result<Moment, jiff::Error> {
        Ok(Moment::short_day(self.at(hours)?, &self.zone, self.lang))
    }

    fn ago(&self, hours: i64) -> Result<Moment, jiff::Error> {
        Ok(Moment::ago(self.at(hours)?, self.now, &self.zone, self.lang))
    }

    fn page(&self, name: &str, title: &str) -> Page {
        let mut page = Page::new(self.lang, OPERATOR, title);
        let other = if self.lang == Lang::De { "en" } else { "de" };
        page.home = Some(format!("/{}/demo_start.html", self.lang.tag()));
        page.other = Some(format!("/{other}/{name}.html"));
        page.foot = vec![Link::new("notice.html", self.t().notices()), Link::new("status.html", self.t().status())];
        page
    }

    fn console(&self, name: &str, title: &str) -> Page {
        let mut page = self.page(name, title);
        NORTH.clone_into(&mut page.site);
        let link = |to: &str, label: &str| NavLink {
            href: format!("{to}.html"),
            label: label.to_owned(),
            current: name.starts_with(to) || (to == "shoppers" && name == "delete_shopper"),
        };
        page.nav = vec![
            link("shoppers", self.t().title_shoppers()),
            link("receipts", self.t().receipts()),
            link("end_membership", self.t().nav_end()),
        ];
        page.leave = Some(Leave { action: "/log-out".into(), token: TOKEN.into() });
        page
    }

    fn demo(&self, mut page: Page, changed: bool) -> Result<Page, jiff::Error> {
        page.demo = Some(DemoBar {
            now: Moment::minute(self.now, &self.zone, self.lang),
            action: "/demo/clock".into(),
            back: "/".into(),
            token: None,
            next: Some(self.short(9 * 24)?),
            changed: if changed {
                vec![
                    self.say(
                        "3 Käufer von Musterladen Nord gelöscht; 3 Belege geschrieben.",
                        "3 shoppers of Musterladen Nord erased; 3 receipts written.",
                    ),
                    self.say("1 Sicherung erstellt.", "1 backup made."),
                ]
            } else {
                Vec::new()
            },
            start: "demo_start.html".into(),
        });
        Ok(page)
    }

    fn rule(&self) -> String {
        self.say(
            "Ihre Daten werden innerhalb von 14 Tagen nach Ihrer letzten Aktivität gelöscht, es sei denn, Sie haben eingewilligt, dass sie länger gespeichert bleiben.",
            "Your data are erased within 14 days after your last activity, unless you have consented to their being kept longer.",
        )
    }

    fn shopper_rule(&self) -> String {
        self.say(
            "Innerhalb von 14 Tagen nach der letzten Aktivität des Käufers, es sei denn, der Käufer hat eingewilligt.",
            "Within 14 days after the shopper's last activity, unless the shopper has consented.",
        )
    }

    fn embed(&self) -> Embed {
        Embed {
            controller: NORTH.into(),
            operator: OPERATOR.into(),
            notice: NoticeRef { href: "notice.html".into(), version: "3.0".into() },
            theme: assets::theme_href("7a3b12", "Optima"),
            rule: self.rule(),
        }
    }

    fn consent(&self) -> String {
        self.say(
            "Meine Daten sollen ohne Zeitlimit gespeichert bleiben, damit ich sie bei weiteren Bestellungen nicht neu eingeben muss.",
            "Keep my data without a time limit so that I need not enter them again for further orders.",
        )
    }

    fn notice(&self) -> Result<NoticePage, jiff::Error> {
        let mut page = self.page("notice", self.t().title_notice());
        page = self.demo(page, false)?;
        let link = |label: &str, current| NavLink { href: "notice.html".into(), label: label.into(), current };
        Ok(NoticePage {
            page,
            audiences: vec![
                link(&self.say("Kunden", "Clients"), false),
                link(&self.say("Käufer", "Shoppers"), true),
                link(&self.say("Besucher der Website", "Website visitors"), false),
            ],
            kept: 14,
            broken: 1,
            unproven: 3,
            checked: Some(self.ago(-3)?),
            status: "status.html".into(),
            changes: Some("notice.html".into()),
            files: vec![Link::new("notice.json", "JSON"), Link::new("notice.jsonld", "DPV (JSON-LD)")],
            body: self.article(),
        })
    }

    /// An article as the policy crate renders it, written by hand.
    fn article(&self) -> String {
        let s = |de: &str, en: &str| self.say(de, en);
        let mark = |state: State| {
            badge(state, self.lang).split_once('>').map_or(String::new(), |(_, rest)| {
                rest.split_once("</svg>").map_or(String::new(), |(svg, _)| format!("{svg}</svg>"))
            })
        };
        let mut notes = String::new();
        let mut count = 0;
        let mut promise = |number: &str, id: &str, state: State, term: String, text: String, evidence: String| {
            count += 1;
            let class = match state {
                State::Kept => "state-kept",
                State::Broken => "state-broken",
                State::Unproven => "state-unproven",
            };
            let (mark, word) = (mark(state), self.t().state(state));
            notes.push_str(&format!("<li>{mark} {word}: {evidence}</li>\n"));
            format!(
                "<div class=\"promise {class}\" id=\"{id}\">\n<p><a class=\"number\" href=\"#{id}\">{number}</a> \
                 <strong>{term}</strong> {text}<sup class=\"note\" aria-hidden=\"true\">{count}</sup></p>\n\
                 <aside class=\"annotation {class}\">\n<details><summary>{mark} <b>{word}</b> <span class=\"evidence\">{evidence}</span>\
                 </summary>\n<ul><li>{}</li><li>{}</li></ul>\n<p><a href=\"/de/status.html#{id}\">{}</a></p>\n</details>\n</aside>\n</div>\n",
                self.say("gemessen am laufenden Speicher", "measured on the live store"),
                self.say("4.032 Prüfungen", "4,032 checks"),
                self.say("Nachweis", "Proof"),
            )
        };
        let own = [
            promise("1.1", "data.order", State::Kept, s("Bestelldaten", "Order data"), s("Wir speichern Ihren Namen, Ihre Anschrift, Telefonnummer, E-Mail-Adresse und Zahlungsart. Ohne diese Angaben kommt kein Vertrag zustande.", "We store your name, postal address, telephone number, email address and payment method. Without them there can be no contract."), s("5 Felder angenommen, 31 andere abgelehnt", "5 fields accepted, 31 others refused")),
            promise("1.2", "data.bank", State::Kept, s("Bankverbindung", "Bank details"), s("IBAN und Kontoinhaber speichern wir nur, wenn Sie Zahlung per Lastschrift wählen.", "We store IBAN and account holder only if you choose to pay by direct debit."), s("bei anderer Zahlungsart abgelehnt", "refused with any other payment method")),
        ].concat();
        let deletion = [
            promise("2.1", "p25", State::Kept, s("Frist", "Period"), s("Alle Ihre Daten werden innerhalb von 14 Tagen nach Ihrer letzten Aktivität gelöscht. Als Aktivität gilt jedes Absenden des Kaufformulars.", "All your data are erased within 14 days after your last activity. Every submission of the purchase form counts as activity."), s("niemand ist länger als 14 Tage da · geprüft vor 3 Minuten", "nobody is here longer than 14 days · checked 3 minutes ago")),
            promise("2.2", "p26", State::Kept, s("Einwilligung", "Consent"), s("Haben Sie eingewilligt, dass Ihre Daten ohne Zeitlimit gespeichert bleiben, so gilt diese Frist nicht, bis Sie Ihre Einwilligung widerrufen.", "If you have consented to your data being kept without a time limit, this period does not apply until you withdraw your consent."), s("127 Einwilligungen, jede mit Nachweis", "127 consents, each with its proof")),
            promise("2.3", "p11", State::Broken, s("Sicherungen", "Backups"), s("Gelöschte Daten lassen sich auch aus einer Sicherung nicht wiederherstellen.", "Erased data cannot be restored from a backup either."), s("die letzte Probe fand einen Schlüssel zu viel · seit 02:10", "the last trial found one key too many · since 02:10")),
        ].concat();
        let access = [
            promise("3.1", "p23", State::Kept, s("Zugriff", "Access"), s("Nur der jeweilige Kunde kann Ihre Daten sehen.", "Only the client concerned can see your data."), s("2.118 Zugriffe, 0 von anderen", "2,118 reads, 0 by others")),
            promise("3.2", "p24", State::Kept, s("Dritte", "Third parties"), s("An Dritte werden Ihre Daten nicht weitergegeben. Die einzige Ausnahme ist das begründete Ersuchen einer Strafverfolgungsbehörde.", "Your data are not disclosed to third parties. The only exception is a reasoned request by a law enforcement authority."), s("kein Empfänger außer den genannten", "no recipient other than those named")),
            promise("3.3", "p32", State::Kept, s("Nachrichten", "Messages"), s("Wir schreiben Ihnen nie. Nachrichten erhalten Sie nur im Namen des Kunden, bei dem Sie bestellt haben.", "We never write to you. You receive messages only in the name of the client with whom you ordered."), s("0 Nachrichten, 2 Versuche abgelehnt", "0 messages, 2 attempts refused")),
        ].concat();
        let rights = promise(
            "4.1",
            "p30",
            State::Unproven,
            s("Frist für Antworten", "Time to answer"),
            s(
                "Verlangen Sie Auskunft, Berichtigung oder Löschung, so antworten wir ohne unangemessene Verzögerung, spätestens innerhalb eines Monats. Sie können sich an den Kunden oder an privacy@configurator.example wenden.",
                "If you request access, rectification or erasure, we answer without undue delay and at the latest within one month. You may turn to the client or to privacy@configurator.example.",
            ),
            s("noch keine Anfrage eingegangen", "no request has been received yet"),
        );
        let sections: Vec<(&str, String, String)> = vec![
            ("s1", s("Welche Daten wir speichern", "Which data we store"), own),
            ("s2", s("Wann Ihre Daten gelöscht werden", "When your data are erased"), deletion),
            ("s3", s("Wer Ihre Daten sieht", "Who sees your data"), access),
            ("s4", s("Ihre Rechte", "Your rights"), rights),
        ];
        let contents: String =
            sections.iter().map(|(id, title, _)| format!("<li><a href=\"#{id}\">{title}</a></li>\n")).collect();
        let sections: String = sections
            .iter()
            .zip(1..)
            .map(|((id, title, body), number)| {
                format!(
                    "<section id=\"{id}\" aria-labelledby=\"{id}.title\">\n<h2 id=\"{id}.title\"><span class=\"number\">{number}</span> \
                     {title}</h2>\n{body}</section>\n"
                )
            })
            .collect();
        let meta: String = [
            (s("Fassung", "Version"), "3.0".to_owned()),
            (s("Gültig ab", "Valid from"), s("1. Februar 2026", "1 February 2026")),
            (
                s("Veröffentlicht unter", "Published at"),
                "<a href=\"https://www.configurator.example/privacy\">https://www.configurator.example/privacy</a>"
                    .to_owned(),
            ),
            (s("Prüfsumme der Regeln (SHA-256)", "Hash of the policy (SHA-256)"), HASH.to_owned()),
        ]
        .iter()
        .map(|(label, value)| format!("<div><dt>{label}</dt><dd>{value}</dd></div>\n"))
        .collect();
        let row = |data: String, anchor: &str, what: String| {
            format!(
                "<tr><th scope=\"row\"><a href=\"#{anchor}\">{data}</a></th><td><ul><li><a href=\"#s1\">{what}</a></li><li><a \
                 href=\"#s1\">{}</a></li></ul></td><td><a href=\"#p25\">{}</a></td><td><a href=\"#p24\">{}</a></td></tr>\n",
                s("Bestelldokumente", "order documents"),
                s("innerhalb von 14 Tagen nach der letzten Aktivität", "within 14 days after the last activity"),
                s("der jeweilige Kunde", "the client concerned"),
            )
        };
        let rows = [
            row(
                s(
                    "Name, Anschrift, Telefonnummer, E-Mail-Adresse, Zahlungsart",
                    "name, postal address, telephone number, email address, payment method",
                ),
                "data.order",
                s("Bestellung", "order"),
            ),
            row(
                s("Bankverbindung (IBAN, Kontoinhaber)", "bank details (IBAN, account holder)"),
                "data.bank",
                s("Zahlung per Lastschrift", "payment by direct debit"),
            ),
        ]
        .concat();
        format!(
            "<article class=\"notice\" lang=\"{}\">\n<header>\n<h1>{}</h1>\n<dl class=\"meta\">\n{meta}</dl>\n</header>\n\
             <p class=\"intro\">{}</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"notice.summary\">\n\
             <table class=\"summary\">\n<caption id=\"notice.summary\">{}</caption>\n<thead><tr><th scope=\"col\">{}</th><th \
             scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n\
             <nav class=\"contents\" aria-label=\"{}\">\n<details><summary>{}</summary>\n<ol>\n{contents}</ol>\n</details>\n</nav>\n\
             {sections}<section class=\"footnotes\" aria-hidden=\"true\">\n<h2>{}</h2>\n<ol>\n{notes}</ol>\n</section>\n</article>\n",
            self.lang.tag(),
            s("Datenschutzhinweis für Käufer", "Privacy notice for shoppers"),
            s(
                "Dieser Hinweis gilt für Sie, wenn Sie ein Produkt konfigurieren und das Kaufformular absenden. Solange Sie das Kaufformular nicht absenden, werden keine Daten über Sie gespeichert; brechen Sie vorher ab, bleibt nichts zurück und niemand wird benachrichtigt.",
                "This notice applies to you if you configure a product and submit the purchase form. Until you submit it, no data about you are stored; if you abandon the configuration before that, nothing is left behind and nobody is notified.",
            ),
            s("Auf einen Blick", "At a glance"),
            s("Daten", "Data"),
            s("Wozu", "What for"),
            s("Wie lange", "How long"),
            s("Wer sie erhält", "Who receives them"),
            s("Inhalt", "Contents"),
            s("Inhalt", "Contents"),
            s("Stand der Zusagen", "State of the promises"),
        )
    }

    fn status(&self, broken: bool) -> Result<StatusPage, jiff::Error> {
        let mut page = self.page(if broken { "status_broken" } else { "status" }, self.t().title_status());
        page = self.demo(page, false)?;
        let line = |id: &str, state: State, proof: Proof, (de, en): (&str, &str), (de_why, en_why): (&str, &str)| {
            let mut days = vec![Some(State::Kept); 90];
            days.iter_mut().take(12).for_each(|day| *day = None);
            if state == State::Unproven {
                days.iter_mut().skip(60).for_each(|day| *day = Some(State::Unproven));
            }
            if let (State::Broken, Some(day)) = (state, days.last_mut()) {
                *day = Some(State::Broken);
            }
            Ok::<_, jiff::Error>(PromiseLine {
                id: id.into(),
                sentence: self.say(de, en),
                state,
                proof,
                evidence: self.say(de_why, en_why),
                since: Some(self.short(-2000)?),
                checked: Some(self.ago(0)?),
                checks: if state == State::Unproven { 0 } else { 4032 },
                notice: Some(format!("notice.html#{id}")),
                days,
                fresh: id == "p25",
            })
        };
        let worst = if broken { State::Broken } else { State::Kept };
        Ok(StatusPage {
            page,
            broken_since: if broken { Some(Moment::minute(self.at(-8)?, &self.zone, self.lang)) } else { None },
            checked: Some(self.ago(0)?),
            chapters: vec![
                Chapter {
                    title: self.say("Löschung", "Erasure"),
                    promises: vec![
                        line(
                            "p25",
                            State::Kept,
                            Proof::Measured,
                            (
                                "Alle Daten der Käufer werden innerhalb von 14 Tagen nach der letzten Aktivität des Käufers gelöscht.",
                                "All shopper data are erased within 14 days after the shopper's last activity.",
                            ),
                            (
                                "Niemand ist länger als 14 Tage da; der Älteste seit 13 Tagen und 4 Stunden.",
                                "Nobody is here longer than 14 days; the oldest for 13 days and 4 hours.",
                            ),
                        )?,
                        line(
                            "p11",
                            worst,
                            Proof::Measured,
                            (
                                "Gelöschte Daten lassen sich auch aus einer Sicherung nicht wiederherstellen.",
                                "Erased data cannot be restored from a backup either.",
                            ),
                            if broken {
                                (
                                    "Die Probe fand in der Sicherung von 02:00 einen Schlüssel, der vernichtet sein müsste.",
                                    "The trial found a key in the backup of 02:00 that should have been destroyed.",
                                )
                            } else {
                                (
                                    "In 3 Sicherungen kein Schlüssel eines Gelöschten.",
                                    "In 3 backups no key of anybody erased.",
                                )
                            },
                        )?,
                        line(
                            "p12",
                            State::Kept,
                            Proof::Enforced,
                            (
                                "Endet die Mitgliedschaft eines Kunden, werden auch die Daten aller seiner Käufer gelöscht.",
                                "When a client's membership ends, the data of all its shoppers are erased as well.",
                            ),
                            ("1 Ende, 0 Reste.", "1 end, 0 remains."),
                        )?,
                    ],
                },
                Chapter {
                    title: self.say("Zugriff", "Access"),
                    promises: vec![
                        line(
                            "p23",
                            State::Kept,
                            Proof::Enforced,
                            (
                                "Nur der jeweilige Kunde kann die Daten seiner Käufer sehen.",
                                "Only the client concerned can see the data of its shoppers.",
                            ),
                            (
                                "2.118 Zugriffe mit Zweck, 0 von anderen, 17 abgelehnt.",
                                "2,118 reads with a purpose, 0 by others, 17 refused.",
                            ),
                        )?,
                        line(
                            "p32",
                            State::Kept,
                            Proof::Enforced,
                            ("Der Betreiber schreibt den Käufern nie.", "The operator never writes to shoppers."),
                            ("0 Nachrichten, 2 Versuche abgelehnt.", "0 messages, 2 attempts refused."),
                        )?,
                    ],
                },
                Chapter {
                    title: self.say("Rechte", "Rights"),
                    promises: vec![line(
                        "p30",
                        State::Unproven,
                        Proof::Attested,
                        (
                            "Anfragen werden spätestens innerhalb eines Monats beantwortet.",
                            "Requests are answered within one month at the latest.",
                        ),
                        ("Noch keine Anfrage eingegangen.", "No request has been received yet."),
                    )?],
                },
            ],
            jobs: vec![
                JobLine {
                    name: self.say("Fällige Daten löschen", "Erase what is due"),
                    every: self.say("alle 5 Minuten", "every 5 minutes"),
                    last: Some(self.short(0)?),
                    next: Some(self.short(1)?),
                    acted: 3,
                    late: false,
                    fresh: true,
                },
                JobLine {
                    name: self.say("Zusagen prüfen", "Check the promises"),
                    every: self.say("jede Stunde", "every hour"),
                    last: Some(self.short(-1)?),
                    next: Some(self.short(1)?),
                    acted: 42,
                    late: false,
                    fresh: false,
                },
                JobLine {
                    name: self.say("Sicherung", "Backup"),
                    every: self.say("täglich", "daily"),
                    last: if broken { Some(self.short(-31)?) } else { Some(self.short(-7)?) },
                    next: Some(self.short(17)?),
                    acted: 1,
                    late: broken,
                    fresh: false,
                },
            ],
            file: Some("status.json".into()),
            version: "3.0".into(),
            hash: HASH.into(),
        })
    }

    fn form(&self, wrong: bool) -> PurchaseForm {
        let t = self.t();
        let mut form = PurchaseForm {
            page: self.page("purchase_form", t.title_purchase()),
            embed: self.embed(),
            action: "/embed/order".into(),
            notice_hash: HASH.into(),
            configuration: "cfg-2481".into(),
            ordered: Some(
                self.say("Schreibtisch „Linde“, 160 × 80 cm, geölt – 840 €", "“Linde” desk, 160 × 80 cm, oiled – €840"),
            ),
            entered: Entered::default(),
            problems: Vec::new(),
            consent: Some(ConsentBox { name: "keep-my-data".into(), text: self.consent() }),
            consent_again: false,
        };
        if wrong {
            form.entered = Entered {
                name: "Erika Beispiel".into(),
                address: "Ahornweg 7\n12345 Musterstadt".into(),
                phone: "030 5550123".into(),
                email: "erika.beispiel".into(),
                payment: Some(Payment::Debit),
                iban: "DE00 1234 5678".into(),
                account_holder: String::new(),
            };
            form.problems = [("email", t.p_email()), ("iban", t.p_iban_wrong()), ("account_holder", t.p_holder())]
                .map(|(field, message)| Problem { field, message: message.to_owned() })
                .to_vec();
            form.consent_again = true;
        }
        form
    }

    fn done(&self, consented: bool) -> Result<PurchaseDone, jiff::Error> {
        Ok(PurchaseDone {
            page: self.page("purchase_done", self.t().title_thanks()),
            embed: self.embed(),
            reference: "NORD-2026-0317".into(),
            at: Moment::minute(self.now, &self.zone, self.lang),
            gone_by: Some(Moment::day(self.at(14 * 24)?, &self.zone, self.lang)),
            consent: consented.then(|| self.consent()),
            contacts: vec![
                Link::new("https://nord.example/datenschutz", NORTH),
                Link::new("https://www.configurator.example/contact", OPERATOR),
            ],
        })
    }

    fn log_in(&self, name: &str, wrong: bool) -> LogIn {
        let free = name == "log_in_without_cookie";
        LogIn {
            page: self.page(name, self.t().title_log_in()),
            action: "/log-in".into(),
            token: None,
            remember: (!free)
                .then(|| ConsentBox { name: "remember-me".into(), text: self.say("Merken", "Remember me") }),
            remember_rule: self.say(
                "Es wird ein Jahr nach der letzten Nutzung ungültig.",
                "It becomes invalid one year after its last use.",
            ),
            without_cookie: (!free).then(|| "log_in_without_cookie.html".into()),
            notice: NoticeRef { href: "notice.html".into(), version: "3.0".into() },
            problem: wrong.then(|| self.t().p_key().to_owned()),
        }
    }

    fn shoppers(&self, name: &str) -> Result<ShopperList, jiff::Error> {
        const NAMES: [&str; 12] = [
            "Erika Beispiel",
            "Max Muster",
            "Ayşe Örnek",
            "Jan Przykładowy",
            "Marie Exemple",
            "Otto Normal",
            "Lena Sommerfeld-Hohenstein",
            "Ikenna Mfano",
            "Sofie Eksempel",
            "Paolo Esempio",
            "Björn Exempel",
            "Nguyễn Ví Dụ",
        ];
        let empty = name == "shoppers_empty" || name == "shoppers_none_found";
        let mut page = self.console(name, self.t().title_shoppers());
        page = self.demo(page, name == "shoppers")?;
        let mut rows = Vec::new();
        for index in 0..if empty { 0 } else { 40_u32 } {
            let which = usize::try_from(index).unwrap_or(0) % NAMES.len();
            let person = NAMES.get(which).copied().unwrap_or("?");
            let hours = -i64::from(index) * 7;
            rows.push(ShopperRow {
                href: "shopper.html".into(),
                name: person.into(),
                email: format!("{}@example.org", person.split(' ').next_back().unwrap_or("x").to_lowercase()),
                last: Some(self.short(hours)?),
                stay: match index % 9 {
                    3 => Stay::Consent { since: self.day(hours)? },
                    7 => Stay::Held {
                        ground: self.say("Streit über die Bestellung", "dispute about the order"),
                        until: Some(self.day(9000)?),
                    },
                    8 => Stay::Restricted,
                    _ => Stay::Until(self.day(hours + 14 * 24)?),
                },
                orders: u64::from(index % 3 + 1),
                fresh: index == 2,
            });
        }
        Ok(ShopperList {
            page,
            client: NORTH.into(),
            token: TOKEN.into(),
            search: "/shoppers/search".into(),
            sought: (name == "shoppers_none_found").then(|| "niemand@example.org".into()),
            all: "shoppers.html".into(),
            rows,
            paging: if empty {
                Paging::default()
            } else {
                Paging { first: 1, last: 40, total: 1317, previous: None, next: Some("shoppers.html".into()) }
            },
            rule: self.shopper_rule(),
            files: vec![Link::new("/shoppers.json", "JSON"), Link::new("/shoppers.csv", "CSV")],
        })
    }

    fn shopper(&self) -> Result<ShopperPage, jiff::Error> {
        let shown =
            |label: &str, value: &str| FieldLine { label: label.into(), value: FieldValue::Shown(value.into()) };
        let t = self.t();
        let mut page = self.console("shopper", "Erika Beispiel");
        page = self.demo(page, false)?;
        let until = Stay::Until(self.day(9 * 24)?);
        let kept = Stay::Consent { since: self.day(-5 * 24)? };
        Ok(ShopperPage {
            page,
            back: "shoppers.html".into(),
            name: "Erika Beispiel".into(),
            stay: kept.clone(),
            rule: self.shopper_rule(),
            rule_href: Some("notice.html#p25".into()),
            groups: vec![
                DataGroup {
                    label: self.say(
                        "Name, Anschrift, Telefonnummer, E-Mail-Adresse, Zahlungsart",
                        "Name, postal address, telephone number, email address, payment method",
                    ),
                    why: vec![self.say(
                        "Bestellung und Bestelldokumente – Vertrag, Art. 6 Abs. 1 Buchst. b DSGVO",
                        "Order and order documents – contract, Article 6(1)(b) GDPR",
                    )],
                    rule: self.shopper_rule(),
                    stay: kept,
                    notice: self.say("Fassung 3.0", "Version 3.0"),
                    fields: vec![
                        shown(t.f_name(), "Erika Beispiel"),
                        shown(t.f_address(), "Ahornweg 7\n12345 Musterstadt"),
                        shown(t.f_phone(), "030 5550123"),
                        shown(t.f_email(), "erika@example.org"),
                        shown(t.f_payment(), t.f_debit()),
                    ],
                },
                DataGroup {
                    label: self.say("Bankverbindung (IBAN, Kontoinhaber)", "Bank details (IBAN, account holder)"),
                    why: vec![self.say(
                        "Einzug des Kaufpreises – Vertrag, Art. 6 Abs. 1 Buchst. b DSGVO",
                        "Collecting the price – contract, Article 6(1)(b) GDPR",
                    )],
                    rule: self.shopper_rule(),
                    stay: until,
                    notice: self.say("Fassung 3.0", "Version 3.0"),
                    fields: vec![
                        FieldLine {
                            label: t.f_iban().into(),
                            value: FieldValue::Refused(self.say(
                                "erst lesbar, wenn die Bestellung ausgelöst ist",
                                "readable only once the order has been triggered",
                            )),
                        },
                        shown(t.f_holder(), "Erika Beispiel"),
                    ],
                },
            ],
            consents: vec![
                ConsentLine {
                    text: self.consent(),
                    given: true,
                    at: self.short(-5 * 24)?,
                    form: self.say("Kaufformular", "purchase form"),
                    notice: "3.0".into(),
                    withdraw: Some(Withdraw {
                        action: "/withdraw".into(),
                        token: TOKEN.into(),
                        consent: "keep-my-data".into(),
                    }),
                },
                ConsentLine {
                    text: self.consent(),
                    given: false,
                    at: self.short(-90 * 24)?,
                    form: self.say("Kaufformular", "purchase form"),
                    notice: "2.4".into(),
                    withdraw: None,
                },
            ],
            events: vec![
                EventLine { what: self.say("Bestellung ausgelöst", "Order triggered"), at: self.short(-5 * 24)? },
                EventLine {
                    what: self.say("Kaufformular abgesendet", "Purchase form submitted"),
                    at: self.short(-5 * 24)?,
                },
            ],
            timeline: Some(Timeline {
                now: self.now,
                zone: self.zone.clone(),
                lang: self.lang,
                lanes: vec![
                    Lane {
                        label: self
                            .say("Name, Anschrift, Telefonnummer, E-Mail-Adresse", "Name, address, telephone, email"),
                        from: self.at(-5 * 24)?,
                        to: None,
                        rule: self.shopper_rule(),
                        held: true,
                    },
                    Lane {
                        label: self.say("Bankverbindung", "Bank details"),
                        from: self.at(-5 * 24)?,
                        to: Some(self.at(9 * 24)?),
                        rule: self.shopper_rule(),
                        held: false,
                    },
                ],
            }),
            receipts: self.receipt_rows(1)?,
            files: vec![Link::new("/shopper.json", "JSON"), Link::new("/shopper.csv", "CSV")],
            delete: Some("delete_shopper.html".into()),
        })
    }

    fn receipt_rows(&self, number: i64) -> Result<Vec<ReceiptRow>, jiff::Error> {
        (0..number)
            .map(|index| {
                Ok(ReceiptRow {
                    href: "receipt.html".into(),
                    number: format!("rcp_0198c4…{:04x}", 0x2f3a + index * 97),
                    at: self.short(-index * 5)?,
                    cause: [Cause::Retention, Cause::Retention, Cause::Request, Cause::Cascade]
                        .get(usize::try_from(index % 4).unwrap_or(0))
                        .copied()
                        .unwrap_or(Cause::Retention),
                    what: self.say("Bestelldaten, Bankverbindung", "order data, bank details"),
                    records: 2,
                    cascaded: 0,
                    fresh: index == 0,
                })
            })
            .collect()
    }

    fn delete(&self, wrong: bool) -> DeleteShopper {
        DeleteShopper {
            page: self.console("delete_shopper", self.t().title_delete()),
            action: "/delete".into(),
            token: TOKEN.into(),
            name: "Erika Beispiel".into(),
            email: "erika@example.org".into(),
            goes: self.plan(),
            stays: vec![PlanLine {
                what: self.say("Löschbeleg", "Erasure receipt"),
                count: 1,
                note: self.say("enthält keine Daten der Person", "holds no data of the person"),
            }],
            word: "erika@example.org".into(),
            problem: wrong.then(|| self.t().p_confirm().to_owned()),
            back: "shopper.html".into(),
        }
    }

    fn plan(&self) -> Vec<PlanLine> {
        vec![
            PlanLine {
                what: self.say("Bestelldaten", "Order data"),
                count: 2,
                note: self.say("Schlüssel vernichtet, Datensätze entfernt", "key destroyed, records removed"),
            },
            PlanLine {
                what: self.say("Bankverbindung", "Bank details"),
                count: 1,
                note: self.say("Schlüssel vernichtet, Datensätze entfernt", "key destroyed, records removed"),
            },
            PlanLine {
                what: self.say("Kopien in Sicherungen", "Copies in backups"),
                count: 3,
                note: self.say("ohne den Schlüssel nicht mehr lesbar", "no longer readable without the key"),
            },
        ]
    }

    fn end(&self) -> EndMembership {
        let mut goes = vec![
            PlanLine {
                what: self.say("Käufer", "Shoppers"),
                count: 1317,
                note: self.say("alle Daten gelöscht, Schlüssel vernichtet", "all data erased, keys destroyed"),
            },
            PlanLine {
                what: self.say("Ihre Stammdaten", "Your account data"),
                count: 1,
                note: self.say("gelöscht", "erased"),
            },
        ];
        goes.extend(self.plan().into_iter().skip(2));
        EndMembership {
            page: self.console("end_membership", self.t().title_end()),
            action: "/end".into(),
            token: TOKEN.into(),
            client: NORTH.into(),
            rules: vec![
                self.say(
                    "Endet die Mitgliedschaft, werden alle Daten des Kunden sofort gelöscht.",
                    "When the membership ends, all data of the client are erased immediately.",
                ),
                self.say(
                    "Mit ihnen werden die Daten aller seiner Käufer gelöscht.",
                    "The data of all its shoppers are erased together with them.",
                ),
            ],
            goes,
            stays: vec![PlanLine {
                what: self.say("Rechnungen an Sie", "Invoices issued to you"),
                count: 24,
                note: self.say(
                    "acht Jahre, zum Ende des Jahres (§ 147 AO), eingeschränkt",
                    "eight years, to the end of the year (section 147 AO), restricted",
                ),
            }],
            files: vec![Link::new("/all.json", "JSON"), Link::new("/all.csv", "CSV")],
            word: NORTH.into(),
            problem: None,
            back: "shoppers.html".into(),
        }
    }

    fn receipt(&self) -> ReceiptPage {
        let mut page = self.page("receipt", self.t().title_receipt());
        page.flash = Some(self.say("Gelöscht. Das ist der Beleg.", "Erased. This is the receipt."));
        ReceiptPage {
            page,
            number: "rcp_0198c4e27b3a7d10a6f3c28c5b1d2f3a".into(),
            controller: NORTH.into(),
            operator: OPERATOR.into(),
            at: Moment::minute(self.now, &self.zone, self.lang),
            cause: Cause::Retention,
            action: Action::Erase,
            rule: Some(self.shopper_rule()),
            subject: "sub_0198a1d04c2e7b91b0d4a3f6e81c77d0".into(),
            classes: vec![
                self.say(
                    "Name, Anschrift, Telefonnummer, E-Mail-Adresse, Zahlungsart",
                    "Name, postal address, telephone number, email address, payment method",
                ),
                self.say("Bankverbindung (IBAN, Kontoinhaber)", "Bank details (IBAN, account holder)"),
            ],
            records: 2,
            cascaded: 0,
            version: "3.0".into(),
            hash: HASH.into(),
            back: Some("receipts.html".into()),
        }
    }

    fn start(&self) -> Result<DemoStart, jiff::Error> {
        let mut page = self.page("demo_start", self.t().demo());
        page = self.demo(page, false)?;
        let client = |name: &str, (de, en): (&str, &str), ended| DemoClient {
            name: name.into(),
            sells: self.say(de, en),
            shop: "shop.html".into(),
            console: "log_in.html".into(),
            notice: "notice.html".into(),
            key: "demo-nord-4711".into(),
            shoppers: 1317,
            ended,
        };
        Ok(DemoStart {
            page,
            operator: OPERATOR.into(),
            clients: vec![
                client(NORTH, ("Schreibtische nach Maß", "Desks made to measure"), false),
                client("Beispielrad Süd KG", ("Fahrräder zum Zusammenstellen", "Bicycles to put together"), true),
            ],
            notices: vec![
                Link::new("notice.html", self.say("Für Kunden", "For clients")),
                Link::new("notice.html", self.say("Für Käufer", "For shoppers")),
                Link::new("notice.html", self.say("Für Besucher der Website", "For website visitors")),
            ],
            status: "status.html".into(),
            standing: (33, 0, 9),
        })
    }

    fn shop(&self) -> Result<ShopPage, jiff::Error> {
        let mut page = self.page("shop", NORTH);
        page = self.demo(page, false)?;
        Ok(ShopPage {
            page,
            shop: "Musterladen Nord".into(),
            tagline: self.say("Schreibtische nach Maß", "Desks made to measure"),
            product: self.say("Schreibtisch „Linde“", "“Linde” desk"),
            options: vec![
                (self.say("Platte", "Top"), self.say("Linde, 160 × 80 cm", "lime, 160 × 80 cm")),
                (self.say("Oberfläche", "Finish"), self.say("geölt", "oiled")),
                (self.say("Schublade", "Drawer"), self.say("eine, mittig", "one, in the middle")),
            ],
            price: self.say("840 €", "€840"),
            form: "purchase_form.html".into(),
        })
    }

    fn error(&self, name: &str, title: &str, kind: ErrorKind) -> ErrorPage {
        ErrorPage {
            page: self.page(name, title),
            kind,
            ways: vec![
                Link::new("demo_start.html", self.say("Zur Startseite", "To the start page")),
                Link::new("notice.html", self.t().title_notice()),
            ],
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder: gallery DIR")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets/theme/7a3b12"))?;
    for asset in assets::all() {
        fs::write(folder.join(asset.href.trim_start_matches('/')), asset.bytes)?;
    }
    fs::write(folder.join("assets/theme/7a3b12/Optima.css"), assets::theme("7a3b12", "Optima").unwrap_or_default())?;

    for lang in Lang::ALL {
        let s = Sample { lang, zone: TimeZone::get("Europe/Berlin")?, now: "2026-12-14T09:30:00Z".parse()? };
        let t = s.t();
        let refused = ErrorKind::Refused {
            sentence: s.say(
                "Nur der jeweilige Kunde kann die Daten seiner Käufer sehen.",
                "Only the client concerned can see the data of its shoppers.",
            ),
            notice: Some(NoticeRef { href: "notice.html#p23".into(), version: "3.0".into() }),
        };
        let bad = ErrorKind::BadRequest(Some(s.say("Das Feld „notice“ fehlt.", "The field “notice” is missing.")));
        let internal = ErrorKind::Internal { reference: "req-7f3a-0192".into() };
        let mut receipts = s.console("receipts", t.title_receipts());
        receipts = s.demo(receipts, true)?;
        let pages: Vec<(&str, String)> = vec![
            ("notice", s.notice()?.render()?),
            ("status", s.status(false)?.render()?),
            ("status_broken", s.status(true)?.render()?),
            ("purchase_form", s.form(false).render()?),
            ("purchase_form_wrong", s.form(true).render()?),
            ("purchase_done", s.done(false)?.render()?),
            ("purchase_done_consent", s.done(true)?.render()?),
            ("log_in", s.log_in("log_in", false).render()?),
            ("log_in_wrong", s.log_in("log_in_wrong", true).render()?),
            ("log_in_without_cookie", s.log_in("log_in_without_cookie", false).render()?),
            ("shoppers", s.shoppers("shoppers")?.render()?),
            ("shoppers_empty", s.shoppers("shoppers_empty")?.render()?),
            ("shoppers_none_found", s.shoppers("shoppers_none_found")?.render()?),
            ("shopper", s.shopper()?.render()?),
            ("delete_shopper", s.delete(false).render()?),
            ("delete_shopper_wrong", s.delete(true).render()?),
            ("end_membership", s.end().render()?),
            (
                "receipts",
                ReceiptList {
                    page: receipts,
                    client: NORTH.into(),
                    rows: s.receipt_rows(14)?,
                    paging: Paging { first: 1, last: 14, total: 14, previous: None, next: None },
                }
                .render()?,
            ),
            (
                "receipts_empty",
                ReceiptList {
                    page: s.console("receipts_empty", t.title_receipts()),
                    client: NORTH.into(),
                    rows: Vec::new(),
                    paging: Paging::default(),
                }
                .render()?,
            ),
            ("receipt", s.receipt().render()?),
            ("demo_start", s.start()?.render()?),
            ("shop", s.shop()?.render()?),
            ("error_404", s.error("error_404", t.title_not_found(), ErrorKind::NotFound).render()?),
            ("error_400", s.error("error_400", t.title_bad_request(), bad).render()?),
            ("error_403", s.error("error_403", t.title_refused(), refused).render()?),
            ("error_logged_out", s.error("error_logged_out", t.title_logged_out(), ErrorKind::LoggedOut).render()?),
            ("error_409", s.error("error_409", t.title_changed(), ErrorKind::Changed).render()?),
            ("error_429", s.error("error_429", t.title_too_many(), ErrorKind::TooMany).render()?),
            ("error_500", s.error("error_500", t.title_internal(), internal).render()?),
        ];
        let place = folder.join(lang.tag());
        fs::create_dir_all(&place)?;
        for (name, html) in pages {
            fs::write(place.join(format!("{name}.html")), html)?;
        }
    }
    Ok(())
}
