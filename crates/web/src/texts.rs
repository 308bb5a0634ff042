//! Every text of the interface, in German and English side by side: one that is missing does not compile.
//!
//! The texts of the policy (sentences of the notice, labels of data and purposes, declarations of consent) are not
//! here: they come from the policy.

use std::borrow::Borrow;

use obhut_core::{
    change::Cause,
    model::{Action, Lang},
    promise::{Proof, State},
};

use crate::views::versions::VersionState;

/// The texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts(pub Lang);

macro_rules! texts {
    ($($name:ident: $de:literal, $en:literal;)*) => {
        impl Texts {$(
            #[doc = concat!("“", $en, "”")]
            pub const fn $name(self) -> &'static str {
                match self.0 {
                    Lang::De => $de,
                    Lang::En => $en,
                }
            }
        )*}
    };
}

// The frame of every page.
texts! {
    skip: "Zum Inhalt", "Skip to content";
    sections: "Bereiche", "Sections";
    other_language: "English", "Deutsch";
    log_out: "Abmelden", "Log out";
    foot: "Diese Seite lädt nichts von Dritten und verfolgt niemanden.", "This page loads nothing from third parties and tracks nobody.";
    back: "Zurück", "Back";
    back_to_list: "Zur Liste", "Back to the list";
    downloads: "Herunterladen", "Downloads";
    pages: "Seiten", "Pages";
    previous: "Zurück", "Previous";
    next: "Weiter", "Next";
    notice: "Datenschutzhinweis", "privacy notice";
    notices: "Datenschutzhinweise", "Privacy notices";
    status: "Stand der Zusagen", "State of the promises";
}

// Titles, for handlers.
texts! {
    title_notice: "Datenschutzhinweis", "Privacy notice";
    title_status: "Stand der Zusagen", "State of the promises";
    title_purchase: "Kaufformular", "Purchase form";
    title_thanks: "Vielen Dank", "Thank you";
    title_log_in: "Anmelden", "Log in";
    title_shoppers: "Käufer", "Shoppers";
    title_delete: "Käufer löschen?", "Delete this shopper?";
    title_end: "Mitgliedschaft beenden?", "End your membership?";
    title_versions: "Fassungen des Datenschutzhinweises", "Versions of the privacy notice";
    title_receipts: "Löschbelege", "Erasure receipts";
    title_receipt: "Löschbeleg", "Erasure receipt";
    title_not_found: "Hier ist nichts", "There is nothing here";
    title_ended: "Diesen Kunden gibt es hier nicht mehr", "This client is no longer here";
    title_bad_request: "Das haben wir nicht verstanden", "We did not understand that";
    title_logged_out: "Bitte melden Sie sich an", "Please log in";
    title_refused: "Das lässt der Datenschutzhinweis nicht zu", "The privacy notice does not allow this";
    title_changed: "Inzwischen hat sich etwas geändert", "Something has changed meanwhile";
    title_too_many: "Zu viele Versuche", "Too many attempts";
    title_internal: "Das ist unser Fehler", "This is our fault";
    nav_end: "Mitgliedschaft", "Membership";
}

// The clock of the demo.
texts! {
    demo: "Demo", "Demo";
    demo_clock: "Verstellbare Uhr der Demo", "Movable clock of the demo";
    plus_1_day: "+1 Tag", "+1 day";
    plus_14_days: "+14 Tage", "+14 days";
    to_next_deletion: "Zur nächsten Löschung", "To the next deletion";
    no_deletion_planned: "Keine Löschung geplant", "No deletion planned";
    changed: "Was sich geändert hat", "What has changed";
}

// The archive of versions.
texts! {
    versions_intro: "Jede veröffentlichte Fassung bleibt abrufbar, so wie sie gezeigt wurde. Eine wesentliche Änderung gilt erst, wenn ihre Ankündigung abgelaufen ist.", "Every published version remains available as it was shown. A material change applies only once its announcement has run its time.";
    version_word: "Fassung", "Version";
    applies_from: "Gilt ab", "Applies from";
    published_on: "veröffentlicht am", "published on";
    material_change: "wesentliche Änderung", "material change";
    as_shown: "Wie gezeigt", "As shown";
    nothing_changed: "Am Inhalt hat sich nichts geändert.", "Nothing in its content has changed.";
    concerns: "Betrifft", "Concerns";
    material_because: "wesentlich, denn", "material, because";
    until_now: "Bisher", "Until now";
    from_now_on: "Künftig", "From now on";
    no_versions: "Noch ist keine Fassung veröffentlicht.", "No version has been published yet.";
    version_coming: "angekündigt", "announced";
    version_applies: "gilt jetzt", "applies now";
    version_past: "früher", "earlier";
}

impl Texts {
    /// Where a version stands.
    pub fn version_state(self, state: impl Borrow<VersionState>) -> &'static str {
        match state.borrow() {
            VersionState::Coming => self.version_coming(),
            VersionState::Applies => self.version_applies(),
            VersionState::Past => self.version_past(),
        }
    }
}

// The notice.
texts! {
    what_changed: "Was ist neu in dieser Fassung?", "What is new in this version?";
    other_forms: "In anderer Form", "In other forms";
    kept: "eingehalten", "kept";
    broken: "gebrochen", "broken";
    unproven: "nicht belegt", "unproven";
    checked: "geprüft", "checked";
}

// The status page.
texts! {
    status_intro: "Jede Zusage des Datenschutzhinweises hat einen von drei Zuständen: eingehalten (geprüft, und es stimmte), gebrochen (geprüft, und es stimmte nicht) oder nicht belegt (nicht geprüft oder hier nicht prüfbar).", "Every promise of the privacy notice is in one of three states: kept (checked, and it held), broken (checked, and it did not hold) or unproven (not checked, or not checkable here).";
    since: "seit", "since";
    last_checked: "Zuletzt geprüft", "Last checked";
    policy: "Fassung", "Version";
    chapters: "Kapitel", "Chapters";
    no_promises: "Es ist noch keine Zusage veröffentlicht.", "No promise has been published yet.";
    jobs: "Regelmäßige Aufgaben", "Periodic jobs";
    jobs_intro: "Was von selbst geschieht. Eine Aufgabe, die ausgefallen ist, ist als überfällig markiert.", "What happens by itself. A job that failed to run is marked as overdue.";
    job: "Aufgabe", "Job";
    every: "Takt", "Interval";
    last_run: "Letzter Lauf", "Last run";
    next_run: "Nächster Lauf", "Next run";
    acted: "Bearbeitet", "Acted upon";
    late: "überfällig", "overdue";
    never_yet: "noch nie", "never yet";
}

// The purchase form.
texts! {
    error_prefix: "Fehler:", "Error:";
    f_name: "Name", "Name";
    f_address: "Anschrift", "Address";
    f_address_hint: "Straße und Hausnummer, Postleitzahl, Ort", "Street and number, postcode, town";
    f_phone: "Telefon", "Telephone";
    f_email: "E-Mail-Adresse", "Email address";
    f_payment: "Zahlungsart", "Payment method";
    f_invoice: "Rechnung", "Invoice";
    f_debit: "Lastschrift", "Direct debit";
    f_bank_hint: "Nur bei Lastschrift nötig. Bei Zahlung auf Rechnung bitte frei lassen; eine Bankverbindung wird dann nicht gespeichert.", "Only needed for direct debit. Leave empty if you pay by invoice; bank details are then not stored.";
    f_iban: "IBAN", "IBAN";
    f_iban_hint: "Zum Beispiel DE89 3704 0044 0532 0130 00", "For example DE89 3704 0044 0532 0130 00";
    f_holder: "Kontoinhaber", "Account holder";
    your_data: "Ihre Daten", "Your data";
    new_window: "(öffnet ein neues Fenster)", "(opens a new window)";
    consent_hint: "Freiwillig. Die Bestellung geht auch ohne; widerrufen können Sie jederzeit.", "Optional. You can order without it, and you can withdraw it at any time.";
    consent_again: "Sie hatten das Kästchen angekreuzt. Bitte kreuzen Sie es erneut an, wenn Sie das weiterhin möchten.", "You had ticked this box. Please tick it again if you still wish this.";
    order: "Zahlungspflichtig bestellen", "Order with obligation to pay";
    no_cookie_here: "Dieses Formular setzt kein Cookie.", "This form sets no cookie.";
    reference: "Bestellnummer", "Order number";
    received: "Eingegangen", "Received";
    what_happens: "Was mit Ihren Daten geschieht", "What happens to your data";
    kept_on_consent: "Ihre Daten bleiben gespeichert, weil Sie eingewilligt haben:", "Your data are kept because you consented:";
    withdraw_any_time: "Sie können das jederzeit widerrufen.", "You can withdraw this at any time.";
    today_that_means: "Ohne weitere Bestellung heißt das: bis zum", "Unless you order again, that means: by";
    no_consent_given: "Sie haben nicht eingewilligt, dass Ihre Daten länger gespeichert bleiben.", "You did not consent to your data being kept any longer.";
    rights_here: "Daten einsehen, berichtigen oder löschen lassen:", "To see, correct or erase your data:";
}

// What is wrong with an input, for handlers.
texts! {
    p_name: "Geben Sie Ihren Namen ein", "Enter your name";
    p_address: "Geben Sie Ihre Anschrift ein", "Enter your address";
    p_phone: "Geben Sie eine Telefonnummer ein", "Enter a telephone number";
    p_email: "Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.org", "Enter an email address, for example name@example.org";
    p_payment: "Wählen Sie eine Zahlungsart", "Choose a payment method";
    p_iban_missing: "Geben Sie für die Lastschrift eine IBAN ein", "Enter an IBAN for the direct debit";
    p_iban_wrong: "Prüfen Sie die IBAN: Die Prüfziffern passen nicht", "Check the IBAN: its check digits do not match";
    p_holder: "Geben Sie den Kontoinhaber ein", "Enter the account holder";
    p_too_long: "Diese Angabe ist zu lang", "This entry is too long";
    p_key: "Dieser Schlüssel ist nicht gültig. Prüfen Sie, ob er vollständig ist.", "This key is not valid. Check that it is complete.";
    p_confirm: "Die Eingabe stimmt nicht überein. Es wurde nichts gelöscht.", "The text does not match. Nothing was deleted.";
}

// The log-in.
texts! {
    log_in: "Anmelden", "Log in";
    f_key: "Schlüssel", "Key";
    f_key_hint: "Sie haben ihn bei der Anmeldung zum Dienst erhalten.", "You received it when you signed up for the service.";
    remember_hint: "Das Cookie enthält ein Zufallszeichen, nicht Ihren Schlüssel.", "The cookie holds a random token, not your key.";
    without_cookie: "Ohne jedes Cookie anmelden", "Log in without any cookie";
    cookie_free: "Diese Anmeldung kommt ohne Cookie aus. Sie gilt, solange dieses Fenster offen ist.", "This log-in needs no cookie. It lasts as long as this window is open.";
}

// The client's pages.
texts! {
    search_email: "E-Mail-Adresse, genau", "Email address, exact";
    search: "Suchen", "Search";
    show_all: "Alle zeigen", "Show all";
    nobody_found: "Niemand mit dieser Adresse", "Nobody with this address";
    nobody_found_hint: "Gesucht wird nach der vollständigen Adresse. Wer gelöscht ist, wird nicht mehr gefunden.", "The search needs the complete address. Whoever has been erased can no longer be found.";
    no_shoppers: "Noch keine Käufer", "No shoppers yet";
    no_shoppers_hint: "Sobald jemand das Kaufformular absendet, steht die Person hier – und nur so lange, wie es der Datenschutzhinweis zusagt.", "As soon as somebody submits the purchase form, the person appears here – and only for as long as the privacy notice promises.";
    last_activity: "Letzte Aktivität", "Last activity";
    stays: "Verbleib", "Stays";
    orders: "Bestellungen", "Orders";
    gone_by: "gelöscht bis", "gone by";
    on_consent: "eingewilligt seit", "on consent since";
    held: "zurückgehalten", "held";
    until: "bis", "until";
    restricted: "eingeschränkt", "restricted";
    no_end: "ohne Ende", "no end yet";
    keys: "Tasten in der Tabelle: J und K bewegen, Enter öffnet, / sucht.", "Keys in the table: J and K move, Enter opens, / searches.";
    delete_ask: "Löschen …", "Delete …";
    timeline: "Wann was geht", "When what goes";
    as_table: "Als Tabelle", "As a table";
    today: "heute", "today";
    data: "Daten", "Data";
    from: "Von", "From";
    to: "Bis", "To";
    rule: "Regel", "Rule";
    not_readable: "nicht lesbar", "not readable";
    why_held: "Wozu", "What for";
    until_when: "Wie lange", "How long";
    notice_shown: "Gezeigter Hinweis", "Notice shown";
    nothing_left: "Nichts mehr da", "Nothing is left";
    nothing_left_hint: "Die Daten dieser Person sind gelöscht. Geblieben sind nur die Belege.", "This person's data have been erased. Only the receipts remain.";
    consents: "Einwilligungen", "Consents";
    no_consents: "Keine Erklärung abgegeben.", "No declaration was made.";
    given: "gegeben", "given";
    not_given: "nicht gegeben", "not given";
    withdraw: "Widerruf eintragen", "Record withdrawal";
    events: "Ereignisse", "Events";
    plan: "Plan der Löschung", "Plan of the deletion";
    what: "Was", "What";
    number: "Anzahl", "Number";
    happens: "Was geschieht", "What happens";
    goes: "Das wird gelöscht", "This will be erased";
    stays_after: "Das bleibt", "This remains";
    because: "So steht es im Datenschutzhinweis", "As the privacy notice says";
    no_way_back: "Das lässt sich nicht rückgängig machen, auch nicht aus einer Sicherung.", "This cannot be undone, not even from a backup.";
    type_to_confirm: "Zur Bestätigung eintippen:", "To confirm, type:";
    delete_now: "Endgültig löschen", "Erase for good";
    keep: "Nicht löschen", "Do not erase";
    take_first: "Nehmen Sie Ihre Daten vorher mit", "Take your data with you first";
    take_first_hint: "Danach gibt es sie nicht mehr, auch nicht bei uns.", "Afterwards they no longer exist, not with us either.";
    end_now: "Mitgliedschaft beenden und alles löschen", "End membership and erase everything";
    keep_going: "Mitglied bleiben", "Stay a member";
}

// Receipts.
texts! {
    receipts: "Löschbelege", "Erasure receipts";
    receipts_intro: "Ein Beleg sagt, dass gelöscht wurde, wann und nach welcher Regel. Er enthält keine Daten der Person.", "A receipt says that something was erased, when and by which rule. It holds no data of the person.";
    no_receipts: "Keine Belege", "No receipts";
    no_receipts_hint: "Sobald etwas gelöscht wird, erscheint hier sein Beleg.", "As soon as something is erased, its receipt appears here.";
    receipt: "Beleg", "Receipt";
    receipt_number: "Beleg Nr.", "Receipt no.";
    when: "Wann", "When";
    why: "Warum", "Why";
    erased_what: "Was", "What";
    records: "Datensätze", "Records";
    people_too: "Weitere Personen", "Other people";
    done: "Geschehen", "Done";
    subject_id: "Person (Zufallskennung)", "Person (random id)";
    receipt_says: "Dieser Beleg enthält keine personenbezogenen Daten. Die Zufallskennung führt nach der Löschung zu niemandem.", "This receipt holds no personal data. After the erasure the random id leads to nobody.";
}

// The start page.
texts! {
    start_lead: "Was hier über personenbezogene Daten zugesagt wird, führt das Programm aus, und jede Zusage wird geprüft.", "What is promised here about personal data is what the program does, and every promise is checked.";
    for_clients: "Für Kunden", "For clients";
}

// The demo.
texts! {
    demo_title: "Der Datenschutzhinweis, der läuft.", "The privacy notice that runs.";
    demo_lead: "Was ein Unternehmen über personenbezogene Daten veröffentlicht, ist hier das Programm: Derselbe Text zeigt den Hinweis an, prüft jeden Zugriff, löscht auf den Tag genau und belegt es. Alle Personen und Firmen sind erfunden, und die Uhr oben lässt sich vorstellen.", "What a company publishes about personal data is the program here: one and the same text shows the notice, checks every access, erases to the day and proves it. All people and companies are invented, and the clock above can be moved forward.";
    try_this: "Zum Ausprobieren", "Try this";
    clients: "Zwei Kunden", "Two clients";
    membership_ended: "Mitgliedschaft beendet. Alle Daten sind gelöscht.", "Membership ended. All data have been erased.";
    to_shop: "Shop mit Kaufformular", "Shop with purchase form";
    to_console: "Seite des Kunden", "The client's page";
    to_notice: "Hinweis für die Käufer", "Notice for its shoppers";
    demo_key: "Schlüssel:", "Key:";
    demo_small: "Die Demo vergisst alles, wenn sie endet.", "The demo forgets everything when it ends.";
    shop_note: "Ein erfundener Shop. Das Formular nebenan kommt von einem anderen Anbieter und steht in einem Rahmen.", "An invented shop. The form beside this comes from another provider and sits in a frame.";
}

// Errors: what to do.
texts! {
    e_not_found: "Unter dieser Adresse gibt es nichts, oder nicht für Sie. Prüfen Sie die Adresse. Gelöschte Daten sind auch unter ihrer alten Adresse nicht mehr da.", "There is nothing at this address, or not for you. Check the address. Erased data are gone from their old address as well.";
    e_ended: "Der Kunde, dem diese Seite gehörte, nutzt den Dienst nicht mehr. Seine Daten und die Daten seiner Käufer sind gelöscht; auch aus einer Sicherung kommen sie nicht zurück.", "The client to whom this page belonged no longer uses the service. Its data and the data of its shoppers have been erased; no backup brings them back.";
    e_bad_request: "Die Anfrage war unvollständig oder beschädigt; gespeichert wurde nichts. Gehen Sie zurück und senden Sie das Formular noch einmal ab.", "The request was incomplete or damaged; nothing was stored. Go back and submit the form again.";
    e_logged_out: "Sie sind nicht oder nicht mehr angemeldet; geändert wurde nichts. Melden Sie sich an und versuchen Sie es noch einmal.", "You are not logged in, or no longer; nothing was changed. Log in and try again.";
    e_refused: "Die Anfrage wurde abgelehnt, und das wurde festgehalten. Der Grund steht im Datenschutzhinweis:", "The request was refused, and this was recorded. The reason stands in the privacy notice:";
    e_refused_do: "Wenn Sie meinen, dass Ihnen das zusteht, wenden Sie sich an den Verantwortlichen; seine Anschrift steht im Hinweis.", "If you believe you are entitled to this, turn to the controller; the address is in the notice.";
    e_changed: "Jemand anders war schneller, oder der Datenschutzhinweis hat eine neue Fassung. Gespeichert wurde nichts. Laden Sie die Seite neu, lesen Sie, was sich geändert hat, und versuchen Sie es noch einmal.", "Somebody else was faster, or the privacy notice has a new version. Nothing was stored. Reload the page, read what has changed, and try again.";
    e_too_many: "Warten Sie eine Minute und versuchen Sie es dann noch einmal.", "Wait a minute, then try again.";
    e_internal: "Es liegt nicht an Ihnen. Was nicht sicher gespeichert werden konnte, wurde nicht gespeichert. Versuchen Sie es in einigen Minuten noch einmal.", "It is not because of you. What could not be stored safely was not stored. Try again in a few minutes.";
    e_reference: "Wenn Sie uns schreiben, nennen Sie bitte diese Nummer:", "If you write to us, please quote this number:";
}

impl Texts {
    const fn de(self) -> bool {
        matches!(self.0, Lang::De)
    }

    /// A number with its digits grouped.
    pub fn n(self, number: impl Borrow<u64>) -> String {
        crate::views::count(*number.borrow(), self.0)
    }

    /// One of two forms, by number.
    fn plural(self, number: u64, de: [&str; 2], en: [&str; 2]) -> String {
        let [one, many] = if self.de() { de } else { en };
        format!("{} {}", self.n(number), if number == 1 { one } else { many })
    }

    /// Name of a month.
    pub fn month(self, month: i8) -> &'static str {
        obhut_policy::say::month(month, self.0)
    }

    /// "vor 3 Minuten"; a negative number of seconds lies ahead.
    pub fn ago(self, seconds: i64) -> String {
        let distance = seconds.unsigned_abs();
        let [minute, hour, day] = [60, 3600, 86_400];
        let span = if distance < minute {
            return if self.de() { "gerade eben" } else { "just now" }.into();
        } else if distance < hour {
            self.plural(distance / minute, ["Minute", "Minuten"], ["minute", "minutes"])
        } else if distance < 2 * day {
            self.plural(distance / hour, ["Stunde", "Stunden"], ["hour", "hours"])
        } else {
            self.plural(distance / day, ["Tag", "Tagen"], ["day", "days"])
        };
        match (self.0, seconds < 0) {
            (Lang::De, false) => format!("vor {span}"),
            (Lang::En, false) => format!("{span} ago"),
            (_, true) => format!("in {span}"),
        }
    }

    /// The word of a state.
    pub fn state(self, state: impl Borrow<State>) -> &'static str {
        match state.borrow() {
            State::Kept => self.kept(),
            State::Broken => self.broken(),
            State::Unproven => self.unproven(),
        }
    }

    /// How a promise is proven, as one word.
    pub fn proof(self, proof: impl Borrow<Proof>) -> &'static str {
        match (proof.borrow(), self.0) {
            (Proof::Enforced, Lang::De) => "erzwungen",
            (Proof::Enforced, Lang::En) => "enforced",
            (Proof::Measured, Lang::De) => "gemessen",
            (Proof::Measured, Lang::En) => "measured",
            (Proof::Attested, Lang::De) => "bestätigt",
            (Proof::Attested, Lang::En) => "attested",
        }
    }

    /// Why something was erased.
    pub fn cause(self, cause: impl Borrow<Cause>) -> &'static str {
        match (cause.borrow(), self.0) {
            (Cause::Retention, Lang::De) => "Frist abgelaufen",
            (Cause::Retention, Lang::En) => "period ended",
            (Cause::Request, Lang::De) => "auf Verlangen",
            (Cause::Request, Lang::En) => "on request",
            (Cause::Cascade, Lang::De) => "mit der Mitgliedschaft",
            (Cause::Cascade, Lang::En) => "with the membership",
        }
    }

    /// What was done.
    pub fn action(self, action: impl Borrow<Action>) -> &'static str {
        match (action.borrow(), self.0) {
            (Action::Erase, Lang::De) => "gelöscht, Schlüssel vernichtet",
            (Action::Erase, Lang::En) => "erased, key destroyed",
            (Action::Anonymise, Lang::De) => "durch Zufallswerte ersetzt",
            (Action::Anonymise, Lang::En) => "replaced by random values",
            (Action::Restrict, Lang::De) => "eingeschränkt",
            (Action::Restrict, Lang::En) => "restricted",
        }
    }

    /// The one large sentence about all promises: kept, broken, unproven.
    pub fn standing(self, numbers: impl Borrow<(u64, u64, u64)>) -> String {
        let (kept, broken, unproven) = *numbers.borrow();
        let total = kept + broken + unproven;
        let all = self.n(total);
        let kept_of = self.n(kept);
        match (kept, broken, unproven, self.de()) {
            (0, 0, 0, true) => "Noch keine Zusagen".into(),
            (0, 0, 0, false) => "No promises yet".into(),
            (_, 0, 0, true) => format!("Alle {all} Zusagen eingehalten"),
            (_, 0, 0, false) => format!("All {all} promises kept"),
            (_, 0, _, true) => format!("{kept_of} von {all} Zusagen eingehalten, {unproven} nicht belegt"),
            (_, 0, _, false) => format!("{kept_of} of {all} promises kept, {unproven} unproven"),
            (_, _, _, true) => self.plural(broken, ["Zusage gebrochen", "Zusagen gebrochen"], ["", ""]),
            (_, _, _, false) => self.plural(broken, ["", ""], ["promise broken", "promises broken"]),
        }
    }

    /// How many checks looked at something.
    pub fn checks(self, number: impl Borrow<u64>) -> String {
        self.plural(*number.borrow(), ["Prüfung", "Prüfungen"], ["check", "checks"])
    }

    /// What the strip of days shows, in words.
    pub fn strip(self, days: usize, kept: usize, broken: usize, unproven: usize) -> String {
        if self.de() {
            format!("Die letzten {days} Tage: {kept} eingehalten, {broken} gebrochen, {unproven} nicht belegt")
        } else {
            format!("The last {days} days: {kept} kept, {broken} broken, {unproven} unproven")
        }
    }

    /// Heading of the error summary.
    pub fn problems(self, number: usize) -> String {
        match (self.de(), number) {
            (true, 1) => "Eine Angabe fehlt oder stimmt nicht".into(),
            (true, _) => format!("{number} Angaben fehlen oder stimmen nicht"),
            (false, 1) => "One entry is missing or wrong".into(),
            (false, _) => format!("{number} entries are missing or wrong"),
        }
    }

    /// The link to the notice that is shown at the collection.
    pub fn notice_version(self, version: &str) -> String {
        if self.de() {
            format!("Datenschutzhinweis, Fassung {version}")
        } else {
            format!("Privacy notice, version {version}")
        }
    }

    /// Who answers for the data and who processes it.
    pub fn who(self, controller: &str, operator: &str) -> String {
        if self.de() {
            format!("Verantwortlich für Ihre Daten ist {controller}. {operator} verarbeitet sie im Auftrag.")
        } else {
            format!("{controller} is the controller of your data. {operator} processes them on its behalf.")
        }
    }

    /// After the order.
    pub fn order_arrived(self, controller: &str) -> String {
        if self.de() {
            format!("Ihre Bestellung ist bei {controller} eingegangen.")
        } else {
            format!("{controller} has received your order.")
        }
    }

    /// Who can see the data.
    pub fn who_sees(self, controller: &str, operator: &str) -> String {
        if self.de() {
            format!("Sehen kann sie nur {controller}. {operator} speichert sie verschlüsselt im Auftrag.")
        } else {
            format!("Only {controller} can see them. {operator} stores them encrypted on its behalf.")
        }
    }

    /// The operator never writes.
    pub fn no_mail_from(self, operator: &str) -> String {
        if self.de() {
            format!("{operator} wird Ihnen nie schreiben.")
        } else {
            format!("{operator} will never write to you.")
        }
    }

    /// "1 bis 50 von 1.234".
    pub fn rows_of(self, first: String, last: String, total: String) -> String {
        if self.de() { format!("{first} bis {last} von {total}") } else { format!("{first} to {last} of {total}") }
    }

    /// How many were found.
    pub fn found(self, number: String) -> String {
        if self.de() { format!("{number} gefunden.") } else { format!("{number} found.") }
    }

    /// What the end of a membership means.
    pub fn end_lead(self, client: &str) -> String {
        if self.de() {
            format!("Mit der Mitgliedschaft von {client} enden auch alle Daten: Ihre eigenen und die Ihrer Käufer.")
        } else {
            format!("When the membership of {client} ends, so do all its data: your own and your shoppers'.")
        }
    }

    /// On a receipt.
    pub fn on_behalf(self, operator: &str) -> String {
        if self.de() {
            format!("gelöscht im Auftrag durch {operator}")
        } else {
            format!("erased on its behalf by {operator}")
        }
    }

    /// On the start page of the demo.
    pub fn clients_intro(self, operator: &str) -> String {
        if self.de() {
            format!("Beide binden den Konfigurator von {operator} in ihre eigene Website ein.")
        } else {
            format!("Both embed the configurator of {operator} in their own website.")
        }
    }

    /// How many shoppers a client has.
    pub fn shoppers_now(self, number: String) -> String {
        if self.de() { format!("Käufer zurzeit: {number}") } else { format!("Shoppers at present: {number}") }
    }

    /// A way through the demo.
    pub const fn steps(self) -> [&'static str; 4] {
        match self.0 {
            Lang::De => [
                "Bestellen Sie in einem der beiden Shops etwas, ohne das Kästchen anzukreuzen.",
                "Sehen Sie auf der Seite des Kunden nach: Sie stehen in der Liste, mit dem Tag, an dem Sie verschwinden.",
                "Stellen Sie oben die Uhr vierzehn Tage vor. Ihre Daten sind fort, ein Beleg ist geblieben.",
                "Lesen Sie den Hinweis: Neben jeder Zusage steht, ob sie gehalten wurde.",
            ],
            Lang::En => [
                "Order something in one of the two shops without ticking the box.",
                "Look at the client's page: you are in the list, with the day on which you disappear.",
                "Move the clock above by fourteen days. Your data are gone; a receipt remains.",
                "Read the notice: beside every promise it says whether it was kept.",
            ],
        }
    }

    /// Name of the frame that holds the form.
    pub fn form_frame(self, shop: &str) -> String {
        if self.de() { format!("Kaufformular von {shop}") } else { format!("Purchase form of {shop}") }
    }

    /// Name of the drawing of the product.
    pub fn drawing_of(self, product: &str) -> String {
        if self.de() { format!("Zeichnung: {product}") } else { format!("Drawing: {product}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_sentence() {
        let (de, en) = (Texts(Lang::De), Texts(Lang::En));
        assert_eq!(de.standing((42, 0, 0)), "Alle 42 Zusagen eingehalten");
        assert_eq!(en.standing((33, 0, 9)), "33 of 42 promises kept, 9 unproven");
        assert_eq!(en.standing((40, 1, 1)), "1 promise broken");
        assert_eq!(de.standing((40, 2, 0)), "2 Zusagen gebrochen");
        assert_eq!(de.standing((0, 0, 0)), "Noch keine Zusagen");
    }
}
