//! From portable SQL to what each database understands.

use std::borrow::Cow;

/// How a database wants its statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `?1` for parameters; strict tables of `INTEGER`, `TEXT` and `BLOB`, so that a value of the wrong kind is refused
    /// here as PostgreSQL refuses it.
    Sqlite,
    /// `BYTEA` for bytes; texts compare by byte as they do in SQLite, whatever the locale of the database.
    Postgres,
}

/// Translates a portable statement.
pub(super) fn translate(statement: &str, dialect: Dialect) -> Cow<'_, str> {
    let defines = defines_table(statement);
    if !defines && (dialect == Dialect::Postgres || !statement.contains('$')) {
        return Cow::Borrowed(statement);
    }
    let mut translated = String::with_capacity(statement.len() + 16);
    let mut rest = statement;
    let mut before = "";
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first);
        let (token, after) = rest.split_at(length);
        push_token(&mut translated, token, first, dialect, defines && names_column(before));
        if !first.is_whitespace() {
            before = token;
        }
        rest = after;
    }
    if dialect == Dialect::Sqlite && starts_with_words(statement, "CREATE", "TABLE") {
        translated.truncate(translated.trim_end().len());
        translated.push_str(" STRICT");
    }
    Cow::Owned(translated)
}

fn defines_table(statement: &str) -> bool {
    starts_with_words(statement, "CREATE", "TABLE") || starts_with_words(statement, "ALTER", "TABLE")
}

fn starts_with_words(statement: &str, first: &str, second: &str) -> bool {
    let mut words = statement.split_ascii_whitespace();
    let mut next_is = |word: &str| words.next().is_some_and(|found| found.eq_ignore_ascii_case(word));
    next_is(first) && next_is(second)
}

/// Whether what follows `token` is a type: it follows the name of a column. (A column may be called `text` itself.)
fn names_column(token: &str) -> bool {
    let word = token.starts_with(|first: char| first.is_alphanumeric() || first == '_' || first == '"');
    word && !["TABLE", "EXISTS", "ADD", "COLUMN"].iter().any(|keyword| token.eq_ignore_ascii_case(keyword))
}

/// The length of the token at the start of `rest`: a quoted text, a word, a parameter or a single character.
fn token_length(rest: &str, first: char) -> usize {
    let starts_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    match first {
        '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
        '$' => 1 + rest[1..].find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len() - 1),
        _ if starts_word(first) => rest.find(|letter: char| !starts_word(letter)).unwrap_or(rest.len()),
        _ => first.len_utf8(),
    }
}

fn push_token(translated: &mut String, token: &str, first: char, dialect: Dialect, is_type: bool) {
    if first == '$' && dialect == Dialect::Sqlite {
        translated.push('?');
        translated.push_str(&token[1..]);
        return;
    }
    let word = if is_type { token } else { "" };
    let replacement = match dialect {
        Dialect::Sqlite if word.eq_ignore_ascii_case("BIGINT") => "INTEGER",
        Dialect::Sqlite if word.eq_ignore_ascii_case("BYTES") => "BLOB",
        Dialect::Postgres if word.eq_ignore_ascii_case("INTEGER") => "BIGINT",
        Dialect::Postgres if word.eq_ignore_ascii_case("BYTES") => "BYTEA",
        Dialect::Postgres if word.eq_ignore_ascii_case("TEXT") => "TEXT COLLATE \"C\"",
        _ => token,
    };
    translated.push_str(replacement);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_types_are_translated_outside_quotes() {
        let insert = "INSERT INTO bytes (a, b) VALUES ($1, '$2 it''s') ON CONFLICT (a) DO UPDATE SET b = $12";
        assert_eq!(
            translate(insert, Dialect::Sqlite),
            "INSERT INTO bytes (a, b) VALUES (?1, '$2 it''s') ON CONFLICT (a) DO UPDATE SET b = ?12"
        );
        assert_eq!(translate(insert, Dialect::Postgres), insert);
    }

    #[test]
    fn tables_are_defined_alike() {
        let create = "create table t (id BIGINT PRIMARY KEY, text TEXT NOT NULL DEFAULT 'TEXT', body BYTES) ";
        assert_eq!(
            translate(create, Dialect::Sqlite),
            "create table t (id INTEGER PRIMARY KEY, text TEXT NOT NULL DEFAULT 'TEXT', body BLOB) STRICT"
        );
        assert_eq!(
            translate(create, Dialect::Postgres),
            "create table t (id BIGINT PRIMARY KEY, text TEXT COLLATE \"C\" NOT NULL DEFAULT 'TEXT', body BYTEA) "
        );
        let alter = "ALTER TABLE t ADD COLUMN text TEXT";
        assert_eq!(translate(alter, Dialect::Postgres), "ALTER TABLE t ADD COLUMN text TEXT COLLATE \"C\"");
        assert_eq!(translate(alter, Dialect::Sqlite), alter);
    }
}
