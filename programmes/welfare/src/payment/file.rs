//! The credit transfer initiation, ISO 20022 `pain.001.001.09`.
//!
//! The file is a pure function of what is given: the same run comes to the same bytes, whenever it is made.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::Date};

use super::{AccountFault, PayTo};

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debtor {
    /// The name.
    pub name: String,
    /// The bank, by its BIC.
    pub bank: String,
    /// The account.
    pub account: String,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The reference from end to end: 35 characters at most.
    pub reference: String,
    /// How much, in won.
    pub amount: i64,
    /// Where it goes.
    pub to: PayTo,
    /// What the statement of the account says.
    pub text: String,
}

/// A file of transfers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initiation {
    /// The message: the same for the same run, so that the bank knows it again. 35 characters at most.
    pub message: String,
    /// The instant of the run.
    pub created: Timestamp,
    /// The day of execution.
    pub execution: Date,
    /// Who pays.
    pub debtor: Debtor,
    /// The transfers.
    pub transfers: Vec<Transfer>,
}

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// Longest name of a party (Max140Text).
const LONGEST_NAME: usize = 140;
/// Longest reference (Max35Text).
const LONGEST_REFERENCE: usize = 35;

impl Initiation {
    /// The sum of all transfers, in won.
    pub fn sum(&self) -> i64 {
        self.transfers.iter().map(|transfer| transfer.amount).sum()
    }

    /// The file.
    pub fn to_xml(&self) -> String {
        let mut xml = String::with_capacity(600 + self.transfers.len() * 700);
        let (count, sum) = (self.transfers.len(), self.sum());
        let message = text(&self.message, LONGEST_REFERENCE);
        let name = text(&self.debtor.name, LONGEST_NAME);
        // To the second: what a bank shows, and what the same run shows again.
        let created = self.created.strftime("%Y-%m-%dT%H:%M:%SZ");
        let _ = write!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{NAMESPACE}\"><CstmrCdtTrfInitn>\
             <GrpHdr><MsgId>{message}</MsgId><CreDtTm>{created}</CreDtTm><NbOfTxs>{count}</NbOfTxs>\
             <CtrlSum>{sum}</CtrlSum><InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>\
             <PmtInf><PmtInfId>{message}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>\
             <NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>\
             <ReqdExctnDt><Dt>{}</Dt></ReqdExctnDt><Dbtr><Nm>{name}</Nm></Dbtr>\
             <DbtrAcct><Id><Othr><Id>{}</Id></Othr></Id><Ccy>KRW</Ccy></DbtrAcct>\
             <DbtrAgt><FinInstnId><BICFI>{}</BICFI></FinInstnId></DbtrAgt><ChrgBr>DEBT</ChrgBr>",
            self.execution,
            text(&self.debtor.account, 34),
            text(&self.debtor.bank, 11),
        );
        for transfer in &self.transfers {
            write_transfer(&mut xml, transfer);
        }
        xml.push_str("</PmtInf></CstmrCdtTrfInitn></Document>\n");
        xml
    }
}

fn write_transfer(xml: &mut String, transfer: &Transfer) {
    let reference = text(&transfer.reference, LONGEST_REFERENCE);
    // SSBE: social security benefit (ISO external code set of purposes).
    let _ = write!(
        xml,
        "\n<CdtTrfTxInf><PmtId><InstrId>{reference}</InstrId><EndToEndId>{reference}</EndToEndId></PmtId>\
         <Amt><InstdAmt Ccy=\"KRW\">{}</InstdAmt></Amt>\
         <CdtrAgt><FinInstnId><BICFI>{}</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>{}</Nm></Cdtr>\
         <CdtrAcct><Id><Othr><Id>{}</Id></Othr></Id></CdtrAcct><Purp><Cd>SSBE</Cd></Purp>\
         <RmtInf><Ustrd>{}</Ustrd></RmtInf></CdtTrfTxInf>",
        transfer.amount,
        text(&transfer.to.bank, 11),
        text(&transfer.to.holder, LONGEST_NAME),
        text(&transfer.to.number, 34),
        text(&transfer.text, LONGEST_NAME),
    );
}

/// A text that fits, with what XML keeps for itself written out; what XML cannot hold is left out.
fn text(text: &str, longest: usize) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()).take(longest) {
        match letter {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other => written.push(other),
        }
    }
    written
}

/// What is wrong with a place to which money should go; nothing where all is well.
pub fn fault_of(to: &PayTo) -> Option<AccountFault> {
    let letters = |text: &str, lengths: &[usize]| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if !letters(&to.bank, &[8, 11]) {
        return Some(AccountFault::Bank);
    }
    if to.number.is_empty()
        || to.number.len() > 34
        || !to.number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return Some(AccountFault::Number);
    }
    if to.holder.trim().is_empty() || to.holder.chars().count() > LONGEST_NAME {
        Some(AccountFault::Holder)
    } else {
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    pub(crate) fn sample() -> Initiation {
        let to = |holder: &str| PayTo {
            bank: "MARUKRSE".to_owned(),
            number: "110-000-000001".to_owned(),
            holder: holder.to_owned(),
        };
        let transfer = |reference: &str, amount: i64, holder: &str| Transfer {
            reference: reference.to_owned(),
            amount,
            to: to(holder),
            text: "생계급여 2026-03".to_owned(),
        };
        Initiation {
            message: "2026-03-1".to_owned(),
            created: Timestamp::constant(1_773_800_000, 0),
            execution: date(2026, 3, 20),
            debtor: Debtor {
                name: "마루시".to_owned(),
                bank: "MARUKRSEXXX".to_owned(),
                account: "100-000-000009".to_owned(),
            },
            transfers: vec![transfer("a1", 820_556, "박순자"), transfer("b2", 70_001, "A & <B>")],
        }
    }

    /// Our own structural check: what the standard's rules of the group header and the order of elements ask. It is no
    /// validation against the schema; `benches/welfare/check_payment_file.py` is that.
    #[test]
    fn totals_order_and_names_hold_by_our_own_structural_check() {
        let xml = sample().to_xml();
        let document = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(document.root_element().tag_name().namespace(), Some(NAMESPACE));
        let texts = |name: &str| -> Vec<String> {
            let found = document.descendants().filter(|node| node.tag_name().name() == name);
            found.map(|node| node.text().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(texts("NbOfTxs"), ["2", "2"]);
        assert_eq!(texts("CtrlSum"), ["890557", "890557"]);
        assert_eq!(texts("InstdAmt"), ["820556", "70001"]);
        assert_eq!(texts("EndToEndId"), ["a1", "b2"]);
        assert_eq!(texts("CreDtTm").len(), 1);
        assert!(texts("Nm").contains(&"A & <B>".to_owned()));
        let payment = document.descendants().find(|node| node.tag_name().name() == "PmtInf").unwrap();
        let order: Vec<&str> =
            payment.children().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
        let expected = [
            "PmtInfId",
            "PmtMtd",
            "BtchBookg",
            "NbOfTxs",
            "CtrlSum",
            "ReqdExctnDt",
            "Dbtr",
            "DbtrAcct",
            "DbtrAgt",
            "ChrgBr",
            "CdtTrfTxInf",
            "CdtTrfTxInf",
        ];
        assert_eq!(order, expected);
        assert_eq!(xml, sample().to_xml(), "the same run, the same bytes");
    }

    #[test]
    fn a_place_where_money_cannot_go_is_named() {
        let good = sample().transfers.remove(0).to;
        assert_eq!(fault_of(&good), None);
        for (bank, number, holder) in
            [("MARU", "1", "x"), ("MARUKRSE", "", "x"), ("MARUKRSE", "12a", "x"), ("MARUKRSE", "1", " ")]
        {
            let bad = PayTo { bank: bank.to_owned(), number: number.to_owned(), holder: holder.to_owned() };
            assert!(fault_of(&bad).is_some(), "{bad:?}");
        }
    }
}
