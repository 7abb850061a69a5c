# A figure of varve: change it and run `gnuplot scale.gp` here; data are in scale.dat.
# For a PDF: gnuplot -e "format='pdf'" scale.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 880; height = 626  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'scale.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'a dimension' at screen 0.5,0.9776 center
set label 2 'bands: one standard error' at screen 0.9909,0.0160 right textcolor '#666666'
set border linecolor '#444444'
set tics nomirror out scale 0.5
set xtics offset 0,0.3
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
set palette defined (0 '#440154', 1 '#482878', 2 '#3e4989', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', 7 '#6ece58', 8 '#b5de2b')
set cbrange [0:2]
set cbtics 0,1
set colorbox vertical user origin screen 0.9159,0.5655 size screen 0.0136,0.3514
set cblabel 'layer' offset 0,0
unset key
set multiplot

set lmargin at screen 0.0886; set rmargin at screen 0.4636; set bmargin at screen 0.5655; set tmargin at screen 0.9169
set label 4 'last' at screen 0.2761,0.9345 center
set logscale x
set xrange [0.4681044:4.80662]
set yrange [1.7325:4.3925]
set xtics ('0.5' 0.5, '1' 1, '2' 2)
set xlabel 'distance [nm]' offset 0,0.4
set ylabel 'a dimension' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'scale.dat' index 0 using 1:3:4 with filledcurves fillcolor palette cb 0 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 0 using 1:2 with linespoints linecolor palette cb 0 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'last/l_0', \
  'scale.dat' index 1 using 1:3:4 with filledcurves fillcolor palette cb 1 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 1 using 1:2 with linespoints linecolor palette cb 1 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'last/l_1', \
  'scale.dat' index 2 using 1:3:4 with filledcurves fillcolor palette cb 2 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 2 using 1:2 with linespoints linecolor palette cb 2 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'last/l_2', \
  NaN with linespoints linecolor palette cb 0 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'mean/l_0', \
  NaN with linespoints linecolor palette cb 1 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'mean/l_1', \
  NaN with linespoints linecolor palette cb 2 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'mean/l_2'
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.5205; set rmargin at screen 0.8955; set bmargin at screen 0.5655; set tmargin at screen 0.9169
set label 4 'last' at screen 0.7080,0.9345 center
unset logscale x
set xrange [0.94:3.06]
set yrange [1.7325:4.3925]
set xtics ('1' 1, '2' 2, '3' 3)
set xlabel 'n1' offset 0,0.4
set ylabel '' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'scale.dat' index 3 using 1:3:4 with filledcurves fillcolor palette cb 0 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 3 using 1:2 with linespoints linecolor palette cb 0 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'scale.dat' index 4 using 1:3:4 with filledcurves fillcolor palette cb 1 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 4 using 1:2 with linespoints linecolor palette cb 1 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'scale.dat' index 5 using 1:3:4 with filledcurves fillcolor palette cb 2 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 5 using 1:2 with linespoints linecolor palette cb 2 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.0886; set rmargin at screen 0.4636; set bmargin at screen 0.0958; set tmargin at screen 0.4473
set label 4 'mean' at screen 0.2761,0.4649 center
unset logscale x
set xrange [4.88:9.12]
set yrange [1.7325:4.3925]
set xtics autofreq
set xlabel 'distance [nm]' offset 0,0.4
set ylabel 'a dimension' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'scale.dat' index 6 using 1:3:4 with filledcurves fillcolor palette cb 0 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 6 using 1:2 with linespoints linecolor palette cb 0 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'scale.dat' index 7 using 1:3:4 with filledcurves fillcolor palette cb 1 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 7 using 1:2 with linespoints linecolor palette cb 1 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'scale.dat' index 8 using 1:3:4 with filledcurves fillcolor palette cb 2 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 8 using 1:2 with linespoints linecolor palette cb 2 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.5205; set rmargin at screen 0.8955; set bmargin at screen 0.0958; set tmargin at screen 0.4473
set label 4 'mean' at screen 0.7080,0.4649 center
unset logscale x
set xrange [0.94:3.06]
set yrange [1.7325:4.3925]
set xtics ('1' 1, '2' 2, '3' 3)
set xlabel 'n1' offset 0,0.4
set ylabel '' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'scale.dat' index 9 using 1:3:4 with filledcurves fillcolor palette cb 0 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 9 using 1:2 with linespoints linecolor palette cb 0 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'scale.dat' index 10 using 1:3:4 with filledcurves fillcolor palette cb 1 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 10 using 1:2 with linespoints linecolor palette cb 1 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'scale.dat' index 11 using 1:3:4 with filledcurves fillcolor palette cb 2 fillstyle transparent solid 0.22 noborder notitle, \
  'scale.dat' index 11 using 1:2 with linespoints linecolor palette cb 2 linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle
unset arrow; unset label; unset key; unset colorbox
unset multiplot
unset output
