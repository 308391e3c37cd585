/** The one database of this page. A dull name, since lists of databases can be read without opening any. */
export const databaseName = 'notes';
