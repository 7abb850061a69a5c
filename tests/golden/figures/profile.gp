# A figure of varve: change it and run `gnuplot profile.gp` here; data are in profile.dat.
# For a PDF: gnuplot -e "format='pdf'" profile.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 652; height = 404  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'profile.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'a dimension' at screen 0.5,0.9653 center
set label 2 'bands: one standard error' at screen 0.9877,0.0248 right textcolor '#666666'
set border linecolor '#444444'
set tics nomirror out scale 0.5
set xtics offset 0,0.3
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
set key at screen 0.8011,0.8168 left top vertical maxrows 3 Left reverse samplen 2.2 spacing 1.1

set lmargin at screen 0.1197; set rmargin at screen 0.7950; set bmargin at screen 0.1485; set tmargin at screen 0.8168
unset logscale x
set xrange [-0.08:2.08]
set yrange [2.07:5.43]
set xtics 0,1
set xlabel 'layer' offset 0,0.4
set ylabel 'a dimension' offset 1,0
set x2range [-0.04:1.04]
set x2tics 0,0.25,1 offset 0,-0.3
set x2label 'relative depth' offset 0,-0.8
set arrow from 1,graph 0 to 1,graph 1 nohead back dashtype 3 linewidth 1.5 linecolor '#0072b2'
set arrow from 1,graph 0 to 1,graph 1 nohead back dashtype 3 linewidth 1.5 linecolor '#d55e00'
plot NaN notitle, \
  'profile.dat' index 0 using 1:3:4 with filledcurves fillcolor '#0072b2' fillstyle transparent solid 0.22 noborder notitle, \
  'profile.dat' index 0 using 1:2 with linespoints linecolor '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'last', \
  'profile.dat' index 1 using 1:3:4 with filledcurves fillcolor '#d55e00' fillstyle transparent solid 0.22 noborder notitle, \
  'profile.dat' index 1 using 1:2 with linespoints linecolor '#d55e00' linewidth 2 dashtype 1 pointtype 5 pointsize 0.7 title 'mean', \
  NaN with lines dashtype 3 linewidth 1.5 linecolor '#0072b2' title 'best layer'
unset output
