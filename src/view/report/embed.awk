# SPDX-License-Identifier: GPL-3.0-or-later
# embed.awk - the page of a report as C: report.html, with the files that it names in lines of their own
# ("@include NAME@") put in, as the lines before "@data@" and those behind it.
# In: report.html, and the files beside it. Variable: folder, where they are.
function line(text) {
	gsub(/\\/, "&&", text)
	gsub(/["?]/, "\\\\&", text) # ?? may begin a trigraph
	printf "\t\"%s\\n\",\n", text
}
function include(name,	text, status) {
	while ((status = (getline text < (folder "/" name))) > 0)
		line(text)
	if (status < 0) {
		print "embed.awk: cannot read " folder "/" name > "/dev/stderr"
		exit failed = 1
	}
	close(folder "/" name)
}
BEGIN {
	print "/* Made by src/view/report/embed.awk of the files beside it: change those. */"
	print "#include \"view/report_priv.h\"\n"
	print "const char *const report_page_head[] = {"
}
/^@include .*@$/ {
	include(substr($2, 1, length($2) - 1))
	next
}
/^@data@$/ {
	print "\tNULL,\n};\n\nconst char *const report_page_tail[] = {"
	next
}
{ line($0) }
END {
	if (!failed)
		print "\tNULL,\n};"
}
