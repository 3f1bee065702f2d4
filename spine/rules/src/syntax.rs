//! The part of Python's grammar that packages use, in a form of our own: small, shared between threads, independent of the parser.

use std::sync::Arc;

/// A name or a text.
pub(crate) type Name = Arc<str>;

/// An expression and its byte offset in the file.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) kind: ExpressionKind,
    pub(crate) offset: u32,
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    MatrixMultiply,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Is,
    IsNot,
    In,
    NotIn,
}

/// Operators with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    Minus,
    Plus,
    Not,
    Invert,
}

/// What a comprehension makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collects {
    List,
    Set,
    Dict,
    Generator,
}

#[derive(Debug)]
pub(crate) struct Generator {
    pub(crate) target: Expression,
    pub(crate) iterable: Expression,
    pub(crate) conditions: Vec<Expression>,
}

#[derive(Debug)]
pub(crate) enum Argument {
    Positional(Expression),
    Spread(Expression),
    Named(Name, Expression),
    SpreadNamed(Expression),
}

#[derive(Debug)]
pub(crate) enum TextPart {
    Literal(Name),
    Value { expression: Expression, representation: bool, format: Vec<TextPart> },
}

#[derive(Debug)]
pub(crate) enum ExpressionKind {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Name),
    Formatted(Vec<TextPart>),
    Name(Name),
    Attribute(Box<Expression>, Name),
    Subscript(Box<Expression>, Box<Expression>),
    Slice(Option<Box<Expression>>, Option<Box<Expression>>, Option<Box<Expression>>),
    Call(Box<Expression>, Vec<Argument>),
    Arithmetic(Box<Expression>, Arithmetic, Box<Expression>),
    Prefix(Prefix, Box<Expression>),
    /// `and` (true) or `or` (false) of several.
    Logic(bool, Vec<Expression>),
    Compare(Box<Expression>, Vec<(Comparison, Expression)>),
    Conditional {
        test: Box<Expression>,
        then: Box<Expression>,
        otherwise: Box<Expression>,
    },
    List(Vec<Expression>),
    Tuple(Vec<Expression>),
    Set(Vec<Expression>),
    /// A missing key spreads the value.
    Dict(Vec<(Option<Expression>, Expression)>),
    Comprehension {
        collects: Collects,
        element: Box<Expression>,
        value: Option<Box<Expression>>,
        generators: Vec<Generator>,
    },
    Lambda(Arc<FunctionDefinition>),
    Starred(Box<Expression>),
    Named(Name, Box<Expression>),
    /// One value, or all of an iterable where the flag is set.
    Yield(Option<Box<Expression>>, bool),
    /// What is not compiled, by its name in the language.
    Unsupported(&'static str),
}

#[derive(Debug)]
pub(crate) struct ParameterDefinition {
    pub(crate) name: Name,
    pub(crate) default: Option<Expression>,
}

#[derive(Debug)]
pub(crate) struct FunctionDefinition {
    pub(crate) name: Name,
    pub(crate) positional: Vec<ParameterDefinition>,
    pub(crate) rest: Option<Name>,
    pub(crate) named: Vec<ParameterDefinition>,
    pub(crate) rest_named: Option<Name>,
    pub(crate) decorators: Vec<Expression>,
    pub(crate) body: Vec<Statement>,
    /// The first and last byte in the file, for showing the source.
    pub(crate) span: (u32, u32),
    pub(crate) documentation: Option<Name>,
    pub(crate) generator: bool,
}

#[derive(Debug)]
pub(crate) struct ClassDefinition {
    pub(crate) name: Name,
    pub(crate) bases: Vec<Expression>,
    pub(crate) body: Vec<Statement>,
    pub(crate) span: (u32, u32),
}

#[derive(Debug)]
pub(crate) struct ImportedName {
    pub(crate) name: Name,
    pub(crate) bound: Name,
}

#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) exceptions: Option<Expression>,
    pub(crate) name: Option<Name>,
    pub(crate) body: Vec<Statement>,
}

#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) offset: u32,
}

#[derive(Debug)]
pub(crate) enum StatementKind {
    Expression(Expression),
    Assign(Vec<Expression>, Expression),
    Update(Expression, Arithmetic, Expression),
    Return(Option<Expression>),
    If(Vec<(Option<Expression>, Vec<Statement>)>),
    For {
        target: Expression,
        iterable: Expression,
        body: Vec<Statement>,
        otherwise: Vec<Statement>,
    },
    While {
        test: Expression,
        body: Vec<Statement>,
        otherwise: Vec<Statement>,
    },
    Function(Arc<FunctionDefinition>),
    Class(Arc<ClassDefinition>),
    /// Module path and the name bound; without `as`, the first part of the path is bound.
    Import(Vec<(Name, Option<Name>)>),
    ImportFrom {
        module: Name,
        level: u32,
        names: Vec<ImportedName>,
    },
    Raise(Option<Expression>),
    Try {
        body: Vec<Statement>,
        handlers: Vec<Handler>,
        otherwise: Vec<Statement>,
        finally: Vec<Statement>,
    },
    Assert(Expression, Option<Expression>),
    Delete(Vec<Expression>),
    With(Vec<(Expression, Option<Expression>)>, Vec<Statement>),
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Pass,
    Break,
    Continue,
    Unsupported(&'static str),
}
